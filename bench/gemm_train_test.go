package bench

import (
	"math"

	"github.com/inversenet/inversenet/inverse"
	"github.com/inversenet/inversenet/kernels"
)

// gemmTraining takes a training step by calls of a BLAS: two for each inner step,
// as [gemmInversion], and four for its adjoint, with λ = ∂L/∂Z_{n+1}:
//
//	U = s·W·λ    ∂W −= s·R·λᵀ + U·Z_nᵀ    ∂b −= U·1    λ = λ − WᵀU
func gemmTraining[T kernels.Float](p *training[T], multiply gemm[T]) trainStep[T] {
	// Choosing the layout moves no parameters, so that both start alike.
	idle := *p
	idle.rate = 0
	rows, columns := layout[T]{multiply, p.samples, false}, layout[T]{multiply, p.samples, true}
	run := func(l layout[T]) func() {
		g := newGemmTrainer(&idle, l)
		return func() { g.step() }
	}
	l := rows
	if fastest(run(columns)) < fastest(run(rows)) {
		l = columns
	}
	g := newGemmTrainer(p, l)
	return trainStep[T]{
		run:        g.step,
		parameters: func() [][]T { return g.params },
		ran:        inverse.DirectForm,
	}
}

// gemmTrainer owns the parameters and the memory of a step.
type gemmTrainer[T kernels.Float] struct {
	*training[T]
	layout        layout[T]
	params, grads [][]T
	x, z0, target []T
	zs, rs        [][]T // of all inner steps
	u, lambda     []T
	logits        []T // Vz + c, with a head
}

func newGemmTrainer[T kernels.Float](p *training[T], l layout[T]) *gemmTrainer[T] {
	g := &gemmTrainer[T]{training: p, layout: l, params: p.parameters(), x: l.arrange(p.x), z0: l.arrange(p.z0)}
	for _, v := range g.params {
		g.grads = append(g.grads, make([]T, len(v)))
	}
	g.target, g.u = make([]T, len(g.x)), make([]T, len(g.x))
	g.lambda = make([]T, len(g.z0))
	for range p.steps {
		g.rs = append(g.rs, make([]T, len(g.x)))
		g.zs = append(g.zs, make([]T, len(g.z0)))
	}
	g.zs = append(g.zs, make([]T, len(g.z0)))
	if p.nonneg {
		g.logits = make([]T, p.samples*classes)
	}
	return g
}

// step returns the loss before its update.
func (g *gemmTrainer[T]) step() float64 {
	for _, v := range g.grads {
		clear(v)
	}
	g.forward()
	loss := g.outer()
	g.backward()
	for i, p := range g.params {
		for n, v := range g.grads[i] {
			p[n] -= T(g.rate) * v
		}
	}
	return loss
}

func (g *gemmTrainer[T]) forward() {
	l, w, j, k := g.layout, g.params[0], g.pixels, g.latents
	copy(g.target, g.x)
	if g.nonneg { // x − b
		for i := range g.target {
			g.target[i] = -g.target[i]
		}
		l.addBias(g.target, g.params[1])
		for i := range g.target {
			g.target[i] = -g.target[i]
		}
	}
	copy(g.zs[0], g.z0)
	for n := range g.steps {
		z, r := g.zs[n+1], g.rs[n]
		copy(r, g.target)
		l.apply(r, w, j, k, g.zs[n], 1, -1)
		copy(z, g.zs[n])
		l.applyTransposed(z, w, j, k, r, -g.training.step, 1)
		if g.nonneg {
			for i, v := range z {
				z[i] = max(v, 0)
			}
		}
	}
}

func (g *gemmTrainer[T]) backward() {
	l, w, j, k := g.layout, g.params[0], g.pixels, g.latents
	s := g.training.step
	for n := g.steps - 1; n >= 0; n-- {
		if g.nonneg {
			for i, v := range g.zs[n+1] {
				if !(v > 0) {
					g.lambda[i] = 0
				}
			}
		}
		l.apply(g.u, w, j, k, g.lambda, s, 0)
		l.outer(g.grads[0], g.rs[n], j, g.lambda, k, -s)
		l.outer(g.grads[0], g.u, j, g.zs[n], k, -1)
		if g.nonneg {
			l.sum(g.grads[1], g.u, -1)
		}
		l.applyTransposed(g.lambda, w, j, k, g.u, -1, 1)
	}
}

// outer returns the loss, sets λ to its gradient in the latents, and adds to the
// gradients in the head.
func (g *gemmTrainer[T]) outer() float64 {
	l, z, k := g.layout, g.zs[g.steps], g.latents
	if !g.nonneg {
		copy(g.lambda, z)
		return g.softmax(g.lambda, k)
	}
	clear(g.logits)
	l.addBias(g.logits, g.params[3])
	l.apply(g.logits, g.params[2], classes, k, z, 1, 1)
	loss := g.softmax(g.logits, classes)
	l.outer(g.grads[2], g.logits, classes, z, k, 1)
	l.sum(g.grads[3], g.logits, 1)
	l.applyTransposed(g.lambda, g.params[2], classes, k, g.logits, 1, 0)
	return loss
}

// softmax returns the mean cross entropy of logits, of which each sample has so
// many, and turns them into its gradient.
func (g *gemmTrainer[T]) softmax(logits []T, outputs int) (loss float64) {
	within, between := 1, outputs // elements from one logit, and one sample, to the next
	if g.layout.columns {
		within, between = g.samples, 1
	}
	weight := 1 / T(g.samples)
	for i, label := range g.labels {
		o := logits[i*between:]
		most := o[0]
		for c := range outputs {
			most = max(most, o[c*within])
		}
		wanted := o[label*within] - most
		var sum T
		for c := range outputs {
			e := T(math.Exp(float64(o[c*within] - most)))
			o[c*within] = e
			sum += e
		}
		for c := range outputs {
			o[c*within] *= weight / sum
		}
		o[label*within] -= weight
		loss += math.Log(float64(sum)) - float64(wanted)
	}
	return loss / float64(g.samples)
}

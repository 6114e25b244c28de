package inverse

import "github.com/inversenet/inversenet/kernels"

// direct takes every inner step as it is written, two products a step:
//
//	R = W·Z + b − X        Z⁺ = Z − s·WᵀR
//
// and its adjoint likewise, with Λ⁺ = ∂L/∂Z⁺:
//
//	Λ̂ = s·Λ⁺    U = W·Λ̂    Λ = Λ⁺ − WᵀU    ∂W −= R·Λ̂ᵀ + U·Zᵀ    ∂b −= U·1
type direct[T Float] struct {
	table     *kernels.Table[T]
	generator *Linear[T]
	steps     int
	step      T
	w, wt     *kernels.Weights[T]
}

func newDirect[T Float](t *kernels.Table[T], g *Linear[T], steps int) *direct[T] {
	return &direct[T]{
		table:     t,
		generator: g,
		steps:     steps,
		w:         t.NewWeights(g.Pixels(), g.Latents()),
		wt:        t.NewWeights(g.Latents(), g.Pixels()),
	}
}

func (d *direct[T]) load(step float64) {
	w := d.generator.W
	d.step = T(step)
	d.w.Pack(w.Data, w.Stride)
	d.wt.PackTransposed(w.Data, w.Stride)
}

// partialLen: −∂Wᵀ, latents × padded pixels, then −∂b.
func (d *direct[T]) partialLen() int {
	g := d.generator
	return g.Latents()*d.table.PaddedRows(g.Pixels()) + len(g.Bias)
}

func (d *direct[T]) gradient(grad *Linear[T], partial []T) {
	g := d.generator
	stride := d.table.PaddedRows(g.Pixels())
	for j := range g.Pixels() {
		row := grad.W.Row(j)
		for k := range row {
			row[k] = -partial[k*stride+j]
		}
	}
	for j, v := range partial[g.Latents()*stride:] {
		grad.Bias[j] = -v
	}
}

// keepResiduals is the size in bytes up to which a worker remembers the
// residuals of all steps; larger ones are computed again from the latents on the
// way back, to the same bits.
const keepResiduals = 1 << 20

// directWorker holds the panels of one goroutine.
type directWorker[T Float] struct {
	*direct[T]
	zs     [][]T // Z_0 … Z_N, or two that take turns
	rs     [][]T // R_0 … R_{N-1}, or one that serves all
	target []T   // b − X
	lambda []T
	scaled []T // Λ̂
	u      []T
	rT, uT []T // R and U, sample-major
}

func (d *direct[T]) newWorker(keep bool) worker[T] {
	t, g := d.table, d.generator
	latents, padded := g.Latents()*t.Width(), t.PaddedRows(g.Pixels())*t.Width()
	w := &directWorker[T]{direct: d, target: make([]T, g.Pixels()*t.Width())}
	if !keep {
		w.zs, w.rs = panels[T](2, latents), panels[T](1, padded)
		return w
	}
	residuals := 1
	if bytes := d.steps * padded * sizeof[T](); bytes <= keepResiduals {
		residuals = d.steps
	}
	w.zs, w.rs = panels[T](d.steps+1, latents), panels[T](residuals, padded)
	w.lambda, w.scaled = make([]T, latents), make([]T, latents)
	w.u, w.rT, w.uT = make([]T, padded), make([]T, padded), make([]T, padded)
	return w
}

func (w *directWorker[T]) z(n int) []T { return w.zs[n%len(w.zs)] }
func (w *directWorker[T]) r(n int) []T { return w.rs[n%len(w.rs)] }

func (w *directWorker[T]) forward(p *panel[T]) []T {
	target := w.residualStart(p)
	copy(w.z(0), p.z0)
	for n := range w.steps {
		w.residual(n, p, target)
		w.table.Product(w.z(n+1), w.wt, w.r(n), p.vecs, nil,
			kernels.Epilogue[T]{Base: w.z(n), Scale: -w.step})
	}
	return w.z(w.steps)
}

// residual: R_n = W·Z_n + (b − X).
func (w *directWorker[T]) residual(n int, p *panel[T], target []T) {
	w.table.Product(w.r(n), w.w, w.z(n), p.vecs, target, kernels.Epilogue[T]{})
}

// residualStart is the panel b − X that residuals start from.
func (w *directWorker[T]) residualStart(p *panel[T]) []T {
	bias := w.generator.Bias
	if bias == nil {
		return p.negX
	}
	width := w.table.Width()
	for j, b := range bias {
		dst, src := w.target[j*width:(j+1)*width], p.negX[j*width:]
		for n := range dst {
			dst[n] = b + src[n]
		}
	}
	return w.target
}

func (w *directWorker[T]) backward(p *panel[T], lambda, partial []T) []T {
	t, g := w.table, w.generator
	pixels, latents := g.Pixels(), g.Latents()
	dw := partial[:latents*t.PaddedRows(pixels)]
	db := partial[len(dw):]
	next := w.lambda
	for n := w.steps - 1; n >= 0; n-- {
		if len(w.rs) == 1 {
			w.residual(n, p, w.residualStart(p))
		}
		t.Gate(lambda, w.scaled, nil, latents, p.vecs, w.step, kernels.ProxNone, nil, nil)
		t.Product(w.u, w.w, w.scaled, p.vecs, nil, kernels.Epilogue[T]{})
		t.Product(next, w.wt, w.u, p.vecs, nil, kernels.Epilogue[T]{Base: lambda, Scale: -1})

		t.SampleMajor(w.rT, w.r(n), pixels, p.vecs)
		t.SampleMajor(w.uT, w.u, pixels, p.vecs)
		t.Outer(dw, w.scaled, latents, w.rT, pixels, p.samples)
		t.Outer(dw, w.z(n), latents, w.uT, pixels, p.samples)
		if g.Bias != nil {
			t.RowSums(db, w.u, pixels, p.samples)
		}
		lambda, next = next, lambda
	}
	return lambda
}

// panels allocates n slices of the given length in one piece.
func panels[T Float](n, length int) [][]T {
	all := make([]T, n*length)
	out := make([][]T, n)
	for i := range out {
		out[i] = all[i*length : (i+1)*length : (i+1)*length]
	}
	return out
}

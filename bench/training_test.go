package bench

import (
	"math"
	"slices"

	"github.com/inversenet/inversenet/inverse"
	"github.com/inversenet/inversenet/kernels"
)

// classes is how many labels there are, where the outputs are not fewer.
const classes = 10

// trainShape is the size of a training step. Plain ones read the latents as the
// logits and train W alone; non-negative ones end every inner step by max(·, 0),
// and have a bias in the generator and a linear head of ten classes.
type trainShape struct {
	shape
	nonneg bool
}

func (s trainShape) String() string {
	if s.nonneg {
		return s.shape.String() + "-nonneg"
	}
	return s.shape.String()
}

// training is a training step to take: gradient descent on the mean softmax cross
// entropy, through all inner steps. bias, v and c are nil without a head.
type training[T kernels.Float] struct {
	*problem[T]
	nonneg bool
	bias   []T
	v      inverse.Matrix[T] // classes × latents
	c      []T
	labels []int
	rate   float64
}

func newTraining[T kernels.Float](s trainShape, rate float64) *training[T] {
	p := newProblem[T](s.shape)
	t := &training[T]{problem: p, nonneg: s.nonneg, rate: rate, labels: make([]int, s.samples)}
	outputs := min(classes, s.latents)
	for i := range t.labels {
		t.labels[i] = i * 7 % outputs
	}
	if s.nonneg {
		bound := 1 / math.Sqrt(float64(s.latents))
		t.bias = p.draw(1, s.pixels, 0, 0.1).Data
		t.v = p.draw(classes, s.latents, -bound, bound)
		t.c = p.draw(1, classes, 0, 0.1).Data
	}
	return t
}

// parameters are copies of W and, with a head, of b, V and c.
func (t *training[T]) parameters() [][]T {
	all := [][]T{slices.Clone(t.w.Data)}
	if t.nonneg {
		all = append(all, slices.Clone(t.bias), slices.Clone(t.v.Data), slices.Clone(t.c))
	}
	return all
}

func (t *training[T]) wideParameters() [][]float64 {
	var all [][]float64
	for _, p := range t.parameters() {
		all = append(all, wide(p))
	}
	return all
}

// gradient returns the loss and its gradient in all parameters, by the definition
// and the chain rule, sample by sample in float64.
func (t *training[T]) gradient(params [][]float64) (loss float64, grads [][]float64) {
	for _, p := range params {
		grads = append(grads, make([]float64, len(p)))
	}
	j, k, w := t.pixels, t.latents, params[0]
	for i := range t.samples {
		zs, rs := t.path(params, i)
		z := zs[len(zs)-1]
		sample, lambda := t.outer(params, grads, z, t.labels[i])
		loss += sample
		for n := t.steps - 1; n >= 0; n-- {
			for l, v := range zs[n+1] {
				if t.nonneg && !(v > 0) {
					lambda[l] = 0
				}
			}
			u := make([]float64, j) // s·W·λ
			for p := range j {
				for l, v := range lambda {
					u[p] += float64(t.step) * w[p*k+l] * v
				}
			}
			for p := range j {
				for l, v := range lambda {
					grads[0][p*k+l] -= float64(t.step)*rs[n][p]*v + u[p]*zs[n][l]
				}
				if t.nonneg {
					grads[1][p] -= u[p]
				}
			}
			for p := range j {
				for l := range lambda {
					lambda[l] -= w[p*k+l] * u[p]
				}
			}
		}
	}
	return loss, grads
}

// path returns the latents of sample i after 0 … N steps, and the residuals that
// the steps were taken by.
func (t *training[T]) path(params [][]float64, i int) (zs, rs [][]float64) {
	w, x, k := params[0], t.x.Row(i), t.latents
	z := wide(t.z0.Row(i))
	zs = append(zs, z)
	for range t.steps {
		r := make([]float64, len(x))
		for p := range r {
			r[p] = -float64(x[p])
			if t.nonneg {
				r[p] += params[1][p]
			}
			for l, v := range z {
				r[p] += w[p*k+l] * v
			}
		}
		z = slices.Clone(z)
		for l := range z {
			for p, v := range r {
				z[l] -= float64(t.step) * w[p*k+l] * v
			}
			if t.nonneg {
				z[l] = max(z[l], 0)
			}
		}
		zs, rs = append(zs, z), append(rs, r)
	}
	return zs, rs
}

// outer returns a sample's part of the loss and its gradient in z, and adds to the
// gradients in the head.
func (t *training[T]) outer(params, grads [][]float64, z []float64, label int) (loss float64, lambda []float64) {
	o := z
	if t.nonneg {
		o = slices.Clone(params[3])
		for i := range o {
			for l, v := range z {
				o[i] += params[2][i*len(z)+l] * v
			}
		}
	}
	var sum float64
	for _, v := range o {
		sum += math.Exp(v)
	}
	b := float64(t.samples)
	d := make([]float64, len(o))
	for i, v := range o {
		d[i] = math.Exp(v) / sum / b
	}
	d[label] -= 1 / b
	loss = (math.Log(sum) - o[label]) / b
	if !t.nonneg {
		return loss, d
	}
	lambda = make([]float64, len(z))
	for i, v := range d {
		grads[3][i] += v
		for l := range z {
			grads[2][i*len(z)+l] += v * z[l]
			lambda[l] += params[2][i*len(z)+l] * v
		}
	}
	return loss, lambda
}

func wide[T kernels.Float](values []T) []float64 {
	w := make([]float64, len(values))
	for i, v := range values {
		w[i] = float64(v)
	}
	return w
}

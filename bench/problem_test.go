package bench

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/inversenet/inversenet/inverse"
	"github.com/inversenet/inversenet/kernels"
)

// shape is the size of an inversion.
type shape struct{ pixels, latents, steps, samples int }

func (s shape) String() string {
	return fmt.Sprintf("J%dK%dN%dB%d", s.pixels, s.latents, s.steps, s.samples)
}

// problem is an inversion to do; matrices are row-major, samples are rows.
type problem[T kernels.Float] struct {
	shape
	step T
	w    inverse.Matrix[T] // pixels × latents
	x    inverse.Matrix[T] // samples × pixels
	z0   inverse.Matrix[T] // samples × latents
	rng  *rand.Rand

	renewed bool
	first   T // element of w, while it is another
}

// newProblem draws a problem whose steps converge: the elements of W are uniform
// with variance 1/(3J), which bounds λmax of WᵀW by about (1 + √(K/J))²/3.
func newProblem[T kernels.Float](s shape) *problem[T] {
	rng := rand.New(rand.NewPCG(uint64(s.pixels), uint64(s.latents)))
	ratio := math.Sqrt(float64(s.latents) / float64(s.pixels))
	bound := 1 / math.Sqrt(float64(s.pixels))
	p := &problem[T]{shape: s, step: T(1 / ((1 + ratio) * (1 + ratio))), rng: rng}
	p.w = p.draw(s.pixels, s.latents, -bound, bound)
	p.x = p.draw(s.samples, s.pixels, 0, 1)
	p.z0 = p.draw(s.samples, s.latents, 0, 0.1)
	return p
}

// renew makes the weights others, by the last place of one: a solver keeps what it
// derived from weights that stay the same, and what is measured is a call without that.
func (p *problem[T]) renew() {
	next := func(v T) T {
		if w, ok := any(v).(float32); ok {
			return T(math.Nextafter32(w, 2))
		}
		return T(math.Nextafter(float64(v), 2))
	}
	if p.renewed = !p.renewed; p.renewed {
		p.first, p.w.Data[0] = p.w.Data[0], next(p.w.Data[0])
		return
	}
	p.w.Data[0] = p.first
}

// draw returns a matrix of uniform elements.
func (p *problem[T]) draw(rows, cols int, low, high float64) inverse.Matrix[T] {
	m := inverse.NewMatrix[T](rows, cols)
	for i := range m.Data {
		m.Data[i] = T(low + (high-low)*p.rng.Float64())
	}
	return m
}

// reference inverts in float64, by the definition.
func (p *problem[T]) reference() []float64 {
	z := make([]float64, p.samples*p.latents)
	r := make([]float64, p.pixels)
	for i := range p.samples {
		zi, x := z[i*p.latents:(i+1)*p.latents], p.x.Row(i)
		for k, v := range p.z0.Row(i) {
			zi[k] = float64(v)
		}
		for range p.steps {
			for j := range r {
				r[j] = -float64(x[j])
				for k, w := range p.w.Row(j) {
					r[j] += float64(w) * zi[k]
				}
			}
			for j, v := range r {
				for k, w := range p.w.Row(j) {
					zi[k] -= float64(p.step) * float64(w) * v
				}
			}
		}
	}
	return z
}

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

// directFlops counts the two products of every step.
func (s shape) directFlops() float64 {
	return 4 * float64(s.pixels) * float64(s.latents) * float64(s.steps) * float64(s.samples)
}

// gramFlops counts WᵀW, Wᵀx and a K×K product for every step.
func (s shape) gramFlops() float64 {
	j, k, n, b := float64(s.pixels), float64(s.latents), float64(s.steps), float64(s.samples)
	return 2*j*k*k + b*(2*j*k+2*k*k*n)
}

// problem is an inversion to do; matrices are row-major, samples are rows.
type problem[T kernels.Float] struct {
	shape
	step T
	w    inverse.Matrix[T] // pixels × latents
	x    inverse.Matrix[T] // samples × pixels
	z0   inverse.Matrix[T] // samples × latents
}

// newProblem draws a problem whose steps converge: the elements of W are uniform
// with variance 1/(3J), which bounds λmax of WᵀW by about (1 + √(K/J))²/3.
func newProblem[T kernels.Float](s shape) *problem[T] {
	rng := rand.New(rand.NewPCG(uint64(s.pixels), uint64(s.latents)))
	draw := func(rows, cols int, low, high float64) inverse.Matrix[T] {
		m := inverse.NewMatrix[T](rows, cols)
		for i := range m.Data {
			m.Data[i] = T(low + (high-low)*rng.Float64())
		}
		return m
	}
	ratio := math.Sqrt(float64(s.latents) / float64(s.pixels))
	bound := 1 / math.Sqrt(float64(s.pixels))
	return &problem[T]{
		shape: s,
		step:  T(1 / ((1 + ratio) * (1 + ratio))),
		w:     draw(s.pixels, s.latents, -bound, bound),
		x:     draw(s.samples, s.pixels, 0, 1),
		z0:    draw(s.samples, s.latents, 0, 0.1),
	}
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

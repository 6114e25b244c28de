package engine

import (
	"math"

	"github.com/inversenet/inversenet/inverse/internal/closedform"
)

// A Form is a way to compute the inner steps.
type Form int

const (
	Auto Form = iota
	Direct
	Gram
	Closed
)

// cheapest picks the form with the fewest multiply-adds for a batch. With B
// samples, J pixels, K latents and N steps:
//
//	            a sample            and once       its adjoint, a sample   and once
//	direct      N·2JK               -              N·4JK                   -
//	gram        JK + N·K²           JK²            JK + N·2K²              JK²
//	closed      K(J+K)              2JK² + maps    K(J+K)                  3JK² + maps
//
// What is done once is float64 arithmetic, twice as dear beside float32. The
// K×K products of the closed form's maps are small and pack their factors each
// time; they count half again as much.
func cheapest[T Float](g *Generator[T], s *Settings, samples int, training bool) Form {
	if !g.Affine() {
		return Direct
	}
	best, least := Direct, 0.0
	for _, form := range []Form{Direct, Gram, Closed} {
		if form == Closed && (!s.affine() || s.Adjoint.Stepwise) {
			continue
		}
		each, once := cost(g, s, form, training)
		if c := float64(samples)*each + once; form == Direct || c < least {
			best, least = form, c
		}
	}
	return best
}

// cost is the table above: the multiply-adds for each sample and those for all.
func cost[T Float](g *Generator[T], s *Settings, form Form, training bool) (each, once float64) {
	bytes := sizeof[T]()
	j, k, n, weights := float64(g.Pixels), float64(g.Latents), float64(s.Steps), 0.0
	for _, l := range g.Layers {
		weights += float64(l.Rows) * float64(l.Cols)
	}
	wide := 8 / float64(bytes) // of float64 beside T
	back := 0.0
	if training {
		back = 1
	}
	switch form {
	case Gram:
		return j*k + n*k*k + back*(j*k+2*n*k*k), wide * (1 + back) * j * k * k
	case Closed:
		rec := closedform.Recurrence{Steps: s.Steps, Sizes: make([]float64, max(1, min(2, len(s.Rates)))), Mu: s.Method.Mu}
		forward, backward, factor := rec.Products()
		products := float64(forward) + back*float64(backward)
		size := k * float64(factor)
		return (1 + back) * k * (j + k), wide * ((2+3*back)*j*k*k + 1.5*products*size*size*size)
	default:
		return (2 + 4*back) * n * weights, 0
	}
}

// work is the multiply-adds for each sample, forward alone and with the adjoint.
type work struct{ forward, training float64 }

func (e *Engine[T]) work() (w work) {
	if e.shape.Physics != nil { // nobody knows
		return work{forward: math.Inf(1), training: math.Inf(1)}
	}
	w.forward, _ = cost(&e.shape, &e.settings, e.form, false)
	w.training, _ = cost(&e.shape, &e.settings, e.form, true)
	return w
}

// of is the work on so many samples.
func (w work) of(samples int, training bool) float64 {
	if training {
		return w.training * float64(samples)
	}
	return w.forward * float64(samples)
}

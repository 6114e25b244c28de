package inverse

import "github.com/inversenet/inversenet/inverse/internal/closedform"

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
func cheapest[T Float](g *Linear[T], in Inner, samples int, learn learned, training bool) Form {
	j, k := float64(g.Pixels()), float64(g.Latents())
	n, b := float64(in.Steps), float64(samples)
	wide := 8 / float64(sizeof[T]()) // cost of float64 beside T
	direct := b * n * 2 * j * k
	gram := b*(j*k+n*k*k) + wide*j*k*k
	closed := b*k*(j+k) + wide*2*j*k*k
	forward, backward, factor := recurrence(in).Products()
	products := forward
	if training {
		direct += b * n * 4 * j * k
		gram += b*(j*k+2*n*k*k) + wide*j*k*k
		closed += b*k*(j+k) + wide*3*j*k*k
		products += backward
	}
	size := k * float64(factor)
	closed += wide * 1.5 * float64(products) * size * size * size

	best, cost := DirectForm, direct
	if gram < cost {
		best, cost = GramForm, gram
	}
	if closedApplies(in, learn) == nil && closed < cost {
		best = ClosedForm
	}
	return best
}

// recurrence is what the closed form needs to know of the steps.
func recurrence(in Inner) closedform.Recurrence {
	r := closedform.Recurrence{
		Sizes:    make([]float64, in.Steps),
		Mu:       make([]float64, in.Steps),
		Nesterov: in.Momentum.Method != HeavyBall,
	}
	in.Momentum.coefficients(r.Mu)
	for n := range r.Sizes {
		r.Sizes[n] = 1
		if in.StepSizes != nil {
			r.Sizes[n] = in.StepSizes[n]
		}
	}
	return r
}

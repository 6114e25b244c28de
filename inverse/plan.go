package inverse

import "github.com/inversenet/inversenet/inverse/internal/closedform"

// cheapest picks the form with the fewest multiply-adds for a batch.
//
//	direct   N·2JK a sample; with its adjoint three times that
//	gram     JK + N·K² a sample and JK² once; with its adjoint JK + 2·N·K² more
//	closed   K(J+K) a sample; with its adjoint twice that; and its K×K products,
//	         which are float64 and small: counted three times
func cheapest[T Float](g *Linear[T], in Inner, samples int, learn learned, training bool) Form {
	j, k := float64(g.Pixels()), float64(g.Latents())
	n, b := float64(in.Steps), float64(samples)
	direct, gram := b*n*2*j*k, b*(j*k+n*k*k)+j*k*k
	if training {
		direct *= 3
		gram += b * (j*k + 2*n*k*k)
	}
	best, cost := DirectForm, direct
	if gram < cost {
		best, cost = GramForm, gram
	}
	if closedApplies(in, learn) != nil {
		return best
	}
	forward, backward, factor := recurrence(in).Products()
	size := k * float64(factor)
	products, each := float64(forward), size*size*size
	closed := b*k*(j+k) + 3*j*k*k
	if training {
		closed *= 2
		products += float64(backward)
	}
	if closed += 3 * products * each; closed < cost {
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

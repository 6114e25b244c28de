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
	best, least := DirectForm, 0.0
	for _, form := range []Form{DirectForm, GramForm, ClosedForm} {
		if form == ClosedForm && closedApplies(in, learn) != nil {
			continue
		}
		each, once := cost(g.Pixels(), g.Latents(), in, form, sizeof[T](), training)
		if c := float64(samples)*each + once; form == DirectForm || c < least {
			best, least = form, c
		}
	}
	return best
}

// cost is the table above: the multiply-adds for each sample and those for all.
func cost(pixels, latents int, in Inner, form Form, bytes int, training bool) (each, once float64) {
	j, k, n := float64(pixels), float64(latents), float64(in.Steps)
	wide := 8 / float64(bytes) // of float64 beside T
	back := 0.0
	if training {
		back = 1
	}
	switch form {
	case GramForm:
		return j*k + n*k*k + back*(j*k+2*n*k*k), wide * (1 + back) * j * k * k
	case ClosedForm:
		forward, backward, factor := recurrence(in).Products()
		products := float64(forward) + back*float64(backward)
		size := k * float64(factor)
		return (1 + back) * k * (j + k), wide * ((2+3*back)*j*k*k + 1.5*products*size*size*size)
	default:
		return (2 + 4*back) * n * j * k, 0
	}
}

// work is the multiply-adds for each sample, forward alone and with the adjoint.
type work struct{ forward, training float64 }

func newWork[T Float](g Generator[T], in Inner, form Form) (w work) {
	w.forward, _ = cost(g.Pixels(), g.Latents(), in, form, sizeof[T](), false)
	w.training, _ = cost(g.Pixels(), g.Latents(), in, form, sizeof[T](), true)
	return w
}

// of is the work on so many samples.
func (w work) of(samples int, training bool) float64 {
	if training {
		return w.training * float64(samples)
	}
	return w.forward * float64(samples)
}

// worthSharing is how many multiply-adds a run must take before it is shared
// among goroutines: waking one takes as long as some millions of them.
const worthSharing = 4 << 20

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

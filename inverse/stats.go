package inverse

import (
	"math"

	"github.com/inversenet/inversenet/inverse/internal/engine"
)

// A Status says how the inversion of a sample ended.
type Status int

const (
	// MaxSteps: all N steps were taken.
	MaxSteps = Status(engine.MaxSteps)
	// Converged: the sample met the tolerance.
	Converged = Status(engine.Converged)
	// Diverged: its latents are not finite.
	Diverged = Status(engine.Diverged)
	// Interrupted: the context ended before its steps were taken.
	Interrupted = Status(engine.Stopped)
)

var statusNames = names[Status]{"status", []string{"max steps", "converged", "diverged", "interrupted"}}

// String is max steps, converged, diverged or interrupted.
func (s Status) String() string { return statusNames.of(s) }

// Stats is what an inversion tells about each of its samples.
type Stats struct {
	Iterations []int    // steps taken
	Status     []Status // how it ended
	// Loss is the inner loss at the result under the reduction: r·f(z_N) with the f
	// of [Inner]. Under [MeanAll] it is the sample's part of the mean.
	Loss []float64
	// Optimality is how far the result is from a minimiser: the norm of the
	// optimality residual
	//
	//	ρ = (z − prox(z − s·∇f(z)))/s
	//
	// at z_N, with the last step's size s. It is 0 at a minimiser, and without prior
	// and prox the norm of the gradient.
	Optimality []float64
}

// reset makes room for so many samples. Those that are not reached stay
// interrupted after 0 steps.
func (st *Stats) reset(samples int) {
	st.Iterations, st.Status = resize(st.Iterations, samples), resize(st.Status, samples)
	st.Loss, st.Optimality = resize(st.Loss, samples), resize(st.Optimality, samples)
	for i := range samples {
		st.Iterations[i], st.Status[i], st.Loss[i], st.Optimality[i] = 0, Interrupted, math.NaN(), math.NaN()
	}
}

// record takes the outcome of a sample, whose loss is reduced by r.
func (st *Stats) record(sample int, o engine.Outcome, r float64) {
	st.Iterations[sample], st.Status[sample] = o.Iterations, Status(o.Status)
	st.Loss[sample], st.Optimality[sample] = r*o.Loss, o.Optimality
}

func resize[S any](s []S, n int) []S {
	if cap(s) < n {
		return make([]S, n)
	}
	return s[:n]
}

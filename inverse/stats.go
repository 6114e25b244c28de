package inverse

import (
	"math"
	"slices"

	"github.com/inversenet/inversenet/inverse/internal/engine"
)

// A Status says how the inversion of a sample ended.
type Status int

const (
	// MaxSteps: all N steps were taken. In [ExactForm]: that the latents are a minimiser
	// is not proven, because the support had not settled when the limit of pivots,
	// 100 + 10·K, was reached, or because columns of W are too much alike, by less than
	// 1e-7 of their length; Stats.Gap says how far they may be off.
	MaxSteps = Status(engine.MaxSteps)
	// Converged: the sample met the tolerance, or the conditions of the minimum in
	// [ExactForm].
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
	// Iterations are the steps taken, or, in [ExactForm], the pivots: latents that became
	// free or ceased to be.
	Iterations []int
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
	// and prox the norm of the gradient. [ExactForm] has s = 1/max_k(‖W_k‖² + Ridge)
	// here.
	Optimality []float64
	// Gap bounds how far f(z_N) is above its minimum, by duality. Only [ExactForm] knows
	// it, elsewhere it is NaN. It is +Inf where there is no bound, which takes latents that
	// are unbounded and no ridge. Rounding makes it uncertain by some 1e-15·‖x − G(0)‖².
	Gap []float64
	// Support is the number of latents that no bound holds, nor a threshold at 0.
	Support []int
}

// reset makes room for so many samples. Those that are not reached stay
// interrupted after 0 steps.
func (st *Stats) reset(samples int) {
	st.Iterations, st.Status = slices.Grow(st.Iterations[:0], samples)[:samples], slices.Grow(st.Status[:0], samples)[:samples]
	st.Loss, st.Optimality = slices.Grow(st.Loss[:0], samples)[:samples], slices.Grow(st.Optimality[:0], samples)[:samples]
	st.Gap, st.Support = slices.Grow(st.Gap[:0], samples)[:samples], slices.Grow(st.Support[:0], samples)[:samples]
	for i := range samples {
		st.Iterations[i], st.Status[i], st.Loss[i], st.Optimality[i] = 0, Interrupted, math.NaN(), math.NaN()
		st.Gap[i], st.Support[i] = math.NaN(), 0
	}
}

// record takes the outcome of a sample, whose loss is reduced by r.
func (st *Stats) record(sample int, o engine.Outcome, r float64) {
	st.Iterations[sample], st.Status[sample] = o.Iterations, Status(o.Status)
	st.Loss[sample], st.Optimality[sample] = r*o.Loss, o.Optimality
	st.Gap[sample], st.Support[sample] = o.Gap, o.Support
}

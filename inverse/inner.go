package inverse

import (
	"fmt"
	"math"
	"slices"

	"github.com/inversenet/inversenet/inverse/internal/engine"
)

// Inner says how an observation x is inverted: by Steps steps on
//
//	f(z) = ½‖G(z) − x‖² + ½·Ridge·‖z‖² + Sparse·‖z‖₁
//
// or, by [ExactForm], by the minimiser itself. Steps are of size s = α·r. A plain step is z ← prox(z − s·∇f(z)); see [Momentum],
// [Prox] and the fields below for what else it can be.
type Inner struct {
	// Steps is N, at least 1. [ExactForm] looks at neither Steps nor LearningRate,
	// which may be 0 for it.
	Steps int
	// LearningRate is α, positive; StepSizes or AutoStep replace it.
	LearningRate float64
	// Reduction gives r.
	Reduction Reduction
	// Samples is the B of [MeanAll], so that a trained model inverts with the step it
	// was trained with, however many rows it reads; 0 is the batch at hand.
	Samples int
	// StepSizes, when not nil, holds one positive α for each step.
	StepSizes []float64
	// AutoStep takes s = 1/(λmax(WᵀW) + Ridge), for generators that know their
	// spectral norm; 1 where that is 0. Gradients treat it as a constant, so a
	// [Problem], whose loss depends on it, does not take it.
	AutoStep bool

	// Momentum says how a step uses the last move.
	Momentum Momentum
	// Prox constrains the latents after each step.
	Prox Prox
	// Ridge and Sparse weigh the priors; at least 0. Sparse is a soft threshold
	// of s·Sparse, on top of the thresholds of Prox. It goes with a box in [ExactForm]
	// only.
	Ridge, Sparse float64

	// Tolerance, when positive, stops a sample by itself once it is near a
	// minimiser: when for every latent k the optimality residual, see [Stats], is at
	// most Tolerance·√(‖W_k‖² + Ridge)·‖x − G(0)‖. That depends neither on the units
	// of x and z nor on the length of the steps. A [Physics] has no W: there
	// ‖J(z₀)ᵀ·x‖ stands for the product. In float32 the residual of a large problem
	// does not get below some 1e-6 of it. With few latents, where a look costs as much
	// as a step, it is looked at after every eighth step at most.
	//
	// A sample's result is the same in any company.
	Tolerance float64

	// Form says how the steps are computed; the zero value lets a flop model
	// choose the cheapest exact way.
	Form Form
	// Differentiation says how gradients go back through the steps; nil is
	// exact: [Unrolled], or [Closed] where the closed form runs, or [Implicit] in
	// [ExactForm].
	Differentiation Differentiation
}

// Step is the step s = α·r taken for batches of the given size, with α the
// learning rate.
func (in Inner) Step(pixels, samples int) float64 {
	return in.LearningRate * in.scale(pixels, samples)
}

// Validate returns an error that names the first setting that is out of its range,
// or does not go with another, for latents of the given number of elements. What
// only a generator can tell, a [Solver] or [Trainer] says when it is made.
func (in Inner) Validate(latents int) error {
	exact := in.Form == ExactForm
	if in.Steps < 1 && !(exact && in.Steps == 0) {
		return fmt.Errorf("inner steps: %d, want at least 1", in.Steps)
	}
	if err := reductionNames.check("inner ", in.Reduction); err != nil {
		return err
	}
	if in.Samples < 0 {
		return fmt.Errorf("inner samples: %d, want a positive number, or 0 for those of the batch", in.Samples)
	}
	if err := in.validateSteps(); err != nil {
		return err
	}
	for _, v := range []struct {
		name  string
		value float64
	}{{"ridge", in.Ridge}, {"sparse", in.Sparse}, {"tolerance", in.Tolerance}} {
		if !(v.value >= 0) || math.IsInf(v.value, 0) {
			return fmt.Errorf("inner %s: %v, want a number of at least 0", v.name, v.value)
		}
	}
	if err := in.Momentum.validate(); err != nil {
		return err
	}
	if err := formNames.check("inner ", in.Form); err != nil {
		return err
	}
	if err := in.Prox.validate(latents, in.Sparse > 0 && !exact); err != nil {
		return err
	}
	if err := validateDifferentiation(in); err != nil {
		return err
	}
	return in.form().applies(in)
}

func (in Inner) validateSteps() error {
	switch {
	case in.AutoStep:
		return nil
	case in.Form == ExactForm && in.StepSizes == nil:
		return atLeastZero("inner learning rate", in.LearningRate)
	case in.StepSizes == nil:
		return positive("inner learning rate", in.LearningRate)
	case len(in.StepSizes) != in.Steps:
		return fmt.Errorf("inner step sizes: %d for %d steps", len(in.StepSizes), in.Steps)
	}
	for n, a := range in.StepSizes {
		if err := positive(fmt.Sprintf("inner step size %d", n), a); err != nil {
			return err
		}
	}
	return nil
}

func positive(name string, v float64) error {
	if !(v > 0) || math.IsInf(v, 0) {
		return fmt.Errorf("%s: %v, want a positive number", name, v)
	}
	return nil
}

// form is the form that is asked for, by itself or by a differentiation.
func (in Inner) form() Form {
	if _, closed := in.Differentiation.(Closed); closed {
		return ClosedForm
	}
	return in.Form
}

// clone returns settings that share no memory with in.
func (in Inner) clone() Inner {
	for _, s := range []*[]float64{&in.StepSizes, &in.Prox.Thresholds, &in.Prox.Lower, &in.Prox.Upper} {
		*s = slices.Clone(*s)
	}
	return in
}

// settings are what the engine needs of validated ones. Equal step sizes become
// one number, unless each is a variable of its own.
func (in Inner) settings(separate bool) engine.Settings {
	s := engine.Settings{
		Steps: in.Steps, Ridge: in.Ridge, Sparse: in.Sparse, Tolerance: in.Tolerance,
		Form: engine.Form(in.form()), Method: in.Momentum.method(in.Steps), Prox: in.Prox.engine(in.Sparse),
		Adjoint: adjointOf(in.Differentiation, in.Steps),
	}
	switch {
	case in.AutoStep:
	case in.StepSizes == nil:
		s.Rates = []float64{in.LearningRate}
	case separate || !allEqual(in.StepSizes):
		s.Rates = in.StepSizes
	default:
		s.Rates = in.StepSizes[:1]
	}
	return s
}

func allEqual(s []float64) bool {
	for _, v := range s {
		if v != s[0] {
			return false
		}
	}
	return true
}

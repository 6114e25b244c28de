package inverse

import (
	"fmt"
	"math"
)

// A Reduction says how the squared errors of pixels become the inner loss; its
// derivative constant r makes the step s = α·r.
type Reduction int

const (
	// Sum adds the squared errors: r = 2.
	Sum Reduction = iota
	// MeanPixels averages over the pixels of a sample: r = 2/J.
	MeanPixels
	// MeanAll averages over the pixels of the whole batch, so that the step
	// depends on the number of samples: r = 2/(J·B).
	MeanAll
)

var reductionNames = [...]string{"sum", "mean-pixels", "mean-all"}

// String is the name that [ParseReduction] knows.
func (r Reduction) String() string {
	if r < 0 || int(r) >= len(reductionNames) {
		return fmt.Sprintf("Reduction(%d)", int(r))
	}
	return reductionNames[r]
}

// ParseReduction is the inverse of [Reduction.String].
func ParseReduction(name string) (Reduction, error) {
	for i, n := range reductionNames {
		if n == name {
			return Reduction(i), nil
		}
	}
	return 0, fmt.Errorf("unknown reduction %q: allowed are sum, mean-pixels and mean-all", name)
}

// Inner says how an observation x is inverted: by Steps steps on
//
//	f(z) = ½‖G(z) − x‖² + ½·Ridge·‖z‖² + Sparse·‖z‖₁
//
// each of size s = α·r. A plain step is z ← prox(z − s·∇f(z)); see [Momentum],
// [Prox] and the fields below for what else it can be.
type Inner struct {
	// Steps is N, at least 1.
	Steps int
	// LearningRate is α, positive; StepSizes or AutoStep replace it.
	LearningRate float64
	// Reduction gives r.
	Reduction Reduction
	// StepSizes, when not nil, holds one positive α for each step.
	StepSizes []float64
	// AutoStep takes s = 1/(λmax(WᵀW) + Ridge), for generators that know their
	// spectral norm. Gradients treat it as a constant.
	AutoStep bool

	Momentum Momentum
	Prox     Prox
	// Ridge and Sparse weigh the priors; at least 0. Sparse is a soft threshold
	// of s·Sparse, on top of the thresholds of Prox.
	Ridge, Sparse float64

	// Tolerance, when positive, stops a sample by itself after the first step
	// that moves it by at most Tolerance·max(1, ‖z‖). Its result is the same in
	// any company.
	Tolerance float64

	// Form says how the steps are computed; the zero value lets a flop model
	// choose the cheapest exact way.
	Form Form
	// Differentiation says how gradients go back through the steps; nil is
	// exact: [Unrolled], or [Closed] where the closed form runs.
	Differentiation Differentiation
}

// Step is the step s = α·r taken for batches of the given size, with α the
// learning rate.
func (in Inner) Step(pixels, samples int) float64 {
	return in.LearningRate * in.scale(pixels, samples)
}

// scale is the derivative constant r of the reduction.
func (in Inner) scale(pixels, samples int) float64 {
	switch in.Reduction {
	case MeanPixels:
		return 2 / float64(pixels)
	case MeanAll:
		return 2 / (float64(pixels) * float64(samples))
	default:
		return 2
	}
}

// stepSizes fills s with the N steps for a batch. lambdaMax is asked only when
// the steps depend on it.
func (in Inner) stepSizes(s []float64, pixels, samples int, lambdaMax func() float64) {
	r := in.scale(pixels, samples)
	auto := 0.0
	if in.AutoStep {
		auto = 1 / (lambdaMax() + in.Ridge)
	}
	for n := range s {
		switch {
		case in.AutoStep:
			s[n] = auto
		case in.StepSizes != nil:
			s[n] = in.StepSizes[n] * r
		default:
			s[n] = in.LearningRate * r
		}
	}
}

// uniform reports whether all steps are alike.
func (in Inner) uniform() bool {
	for _, a := range in.StepSizes {
		if a != in.StepSizes[0] {
			return false
		}
	}
	return in.Momentum.Method != FISTA
}

func (in Inner) validate(latents int) error {
	if in.Steps < 1 {
		return fmt.Errorf("inner steps: %d, want at least 1", in.Steps)
	}
	if in.Reduction < Sum || in.Reduction > MeanAll {
		return fmt.Errorf("inner reduction: %v, want sum, mean-pixels or mean-all", in.Reduction)
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
	if in.Form < Auto || in.Form > ClosedForm {
		return fmt.Errorf("inner form: %v, want auto, direct, gram or closed", in.Form)
	}
	return in.Prox.validate(latents, in.Sparse)
}

func (in Inner) validateSteps() error {
	switch {
	case in.AutoStep:
		return nil
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

package optim

import "fmt"

// GradientDescent is plain descent, x ← x − η·(λ·x + g), with nothing to
// remember.
type GradientDescent struct {
	WeightDecay float64 // λ
}

// String names the optimiser with its settings.
func (s GradientDescent) String() string {
	if s.WeightDecay == 0 {
		return "gradient descent"
	}
	return fmt.Sprintf("gradient descent (weight decay %g)", s.WeightDecay)
}

func (s GradientDescent) validate() error { return checkWeightDecay(s.WeightDecay) }

type gradientDescent[T Float] struct {
	history[T]
	settings GradientDescent
}

func newGradientDescent[T Float](s GradientDescent, params []Param[T]) *gradientDescent[T] {
	return &gradientDescent[T]{newHistory("gradient-descent", params), s}
}

// Step implements [Optimizer].
func (o *gradientDescent[T]) Step(params []Param[T], rate float64) {
	o.begin(params, rate)
	for i := range params {
		p := &params[i]
		descend(p.Value, p.Grad, T(rate*p.Rate), p.shrink(rate, o.settings.WeightDecay))
	}
}

// Accepts reports true: nothing is remembered.
func (o *gradientDescent[T]) Accepts([]Param[T]) bool { return true }

// shrink is the part of the values that weight decay takes in one step, η·λ.
func (p *Param[T]) shrink(rate, weightDecay float64) T {
	if !p.Decay {
		return 0
	}
	return T(rate * p.Rate * weightDecay)
}

// descend computes x −= shrink·x + rate·u.
func descend[T Float](x, u []T, rate, shrink T) {
	u = u[:len(x)]
	if shrink == 0 {
		for i, u := range u {
			x[i] -= T(rate * u)
		}
		return
	}
	for i, u := range u {
		x[i] -= T(shrink*x[i]) + T(rate*u)
	}
}

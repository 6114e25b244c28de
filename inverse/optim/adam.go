package optim

import (
	"fmt"
	"math"

	"github.com/inversenet/inversenet/internal/portable"
	"github.com/inversenet/inversenet/kernels"
)

// Adam divides a decaying mean of the gradient by the root of a decaying mean of
// its square, so that every element moves by about η a step, whatever the scale
// of its gradient. With a WeightDecay it is AdamW. The formulas are in the
// package comment.
//
// A gradient that is zero, now and ever since the start, moves nothing and makes
// no NaN. The square of a gradient must be in the range of T: beyond about 1.8e19
// in float32 the parameter becomes NaN at the step after, see [ClipNorm]. The
// optimiser's Accepts tells before the step.
type Adam struct {
	Beta1       float64 // β₁ in (0, 1), decay of the mean; 0 stands for 0.9
	Beta2       float64 // β₂ in (0, 1), decay of the mean square; 0 stands for 0.999
	Eps         float64 // ε > 0, keeps the quotient finite; 0 stands for 1e-8
	WeightDecay float64 // λ; 0.01 is common
}

// String names the optimiser with its settings.
func (s Adam) String() string {
	s = s.withDefaults()
	settings := fmt.Sprintf("(β₁ %g, β₂ %g, ε %g", s.Beta1, s.Beta2, s.Eps)
	if s.WeightDecay == 0 {
		return "Adam " + settings + ")"
	}
	return fmt.Sprintf("AdamW %s, weight decay %g)", settings, s.WeightDecay)
}

func (s Adam) withDefaults() Adam {
	s.Beta1 = orDefault(s.Beta1, 0.9)
	s.Beta2 = orDefault(s.Beta2, 0.999)
	s.Eps = orDefault(s.Eps, 1e-8)
	return s
}

func (s Adam) validate() error {
	if err := checkFraction("Adam.Beta1", s.Beta1); err != nil {
		return err
	}
	if err := checkFraction("Adam.Beta2", s.Beta2); err != nil {
		return err
	}
	if !isRate(s.Eps) {
		return fmt.Errorf("optim: Adam.Eps is %v, want a finite number above 0, or 0 for 1e-8", s.Eps)
	}
	return checkWeightDecay(s.WeightDecay)
}

type adam[T Float] struct {
	history[T]
	settings Adam
}

func newAdam[T Float](s Adam, params []Param[T]) *adam[T] {
	return &adam[T]{
		newHistory("adam", params, slot[T]{name: "first_moment"}, slot[T]{name: "second_moment", nonNegative: true}),
		s.withDefaults(),
	}
}

// Step implements [Optimizer].
func (o *adam[T]) Step(params []Param[T], rate float64) {
	o.begin(params, rate)
	s, t := o.settings, o.steps
	// η·m̂/(√v̂ + ε) = a·m/(√v + e), with a = η·√c₂/c₁, e = ε·√c₂ and the bias
	// corrections cᵢ = 1 − βᵢᵗ: one division less for each element.
	root := math.Sqrt(1 - float64(portable.Power(s.Beta2, t)))
	scale := root / (1 - float64(portable.Power(s.Beta1, t)))
	c := kernels.AdamCoefficients[T]{
		Mean:   T(1 - s.Beta1),
		Square: T(1 - s.Beta2),
		Eps:    max(T(s.Eps*root), smallestNormal[T]()),
	}
	table := kernels.Default[T]()
	for i := range params {
		p := &params[i]
		c.Rate = T(rate * p.Rate * scale)
		c.Shrink = p.shrink(rate, s.WeightDecay)
		table.Adam(p.Value, p.Grad, o.slots[0].values[i], o.slots[1].values[i], c)
	}
}

// Accepts reports whether the gradients of params, which may be some of those that
// the optimiser was made for, have squares in the range of T.
func (o *adam[T]) Accepts(params []Param[T]) bool {
	for i := range params {
		for _, g := range params[i].Grad {
			if square := T(g * g); square-square != 0 {
				return false
			}
		}
	}
	return true
}

package optim

import (
	"fmt"
	"math"
)

// Adam divides a decaying mean of the gradient by the root of a decaying mean of
// its square, so that every element moves by about η a step, whatever the scale
// of its gradient. With a WeightDecay it is AdamW. The formulas are in the
// package comment.
//
// A gradient that is zero, now and ever since the start, moves nothing and makes
// no NaN. The square of a gradient must be in the range of T: beyond about 1.8e19
// in float32 the parameter becomes NaN at the step after, see [ClipNorm].
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
	s, t := o.settings, float64(o.steps)
	// η·m̂/(√v̂ + ε) = a·m/(√v + e), with a = η·√c₂/c₁, e = ε·√c₂ and the bias
	// corrections cᵢ = 1 − βᵢᵗ: one division less for each element.
	root := math.Sqrt(1 - math.Pow(s.Beta2, t))
	scale := root / (1 - math.Pow(s.Beta1, t))
	c := adamCoefficients[T]{
		mean:   T(1 - s.Beta1),
		square: T(1 - s.Beta2),
		eps:    max(T(s.Eps*root), smallestNormal[T]()),
	}
	for i := range params {
		p := &params[i]
		c.rate = T(rate * p.Rate * scale)
		c.shrink = p.shrink(rate, s.WeightDecay)
		adamUpdate(p.Value, p.Grad, o.slots[0].values[i], o.slots[1].values[i], &c)
	}
}

// adamCoefficients are the numbers of one step that are the same for every
// element of a parameter. The assembly knows their order.
type adamCoefficients[T Float] struct {
	mean, square T // 1−β₁, 1−β₂
	rate         T // η·√(1−β₂ᵗ)/(1−β₁ᵗ)
	eps          T // ε·√(1−β₂ᵗ), above 0
	shrink       T // η·λ
}

// adamUpdate computes, for each element,
//
//	m += mean·(g − m)    v += square·(g·g − v)    x −= shrink·x + rate·m/(√v + eps)
//
// with every operation rounded. The means are written as differences because
// 1−β and β rounded to float32 do not add up to one, and v would tend to
// something else than g².
func adamUpdate[T Float](x, g, m, v []T, c *adamCoefficients[T]) {
	done := adamVectors(x, g, m, v, c)
	adamElements(x[done:], g[done:], m[done:], v[done:], c)
}

// adamElements is adamUpdate in plain Go, the reference for adamVectors.
func adamElements[T Float](x, g, m, v []T, c *adamCoefficients[T]) {
	mean, square, rate, eps, shrink := c.mean, c.square, c.rate, c.eps, c.shrink
	x, m, v = x[:len(g)], m[:len(g)], v[:len(g)]
	for i, g := range g {
		mi, vi := m[i], v[i]
		mi += T(mean * (g - mi))
		vi += T(square * (T(g*g) - vi))
		m[i], v[i] = mi, vi
		x[i] -= T(shrink*x[i]) + T(rate*mi)/(T(math.Sqrt(float64(vi)))+eps)
	}
}

package optim

import "fmt"

// Momentum is descent along a decaying sum of gradients,
//
//	u ← μ·u + g,   x ← x − η·(λ·x + u)
//
// or, with Nesterov, x ← x − η·(λ·x + g + μ·u) with the new u. A constant gradient
// moves the parameters 1/(1−μ) times as fast as plain descent does.
type Momentum struct {
	Mu          float64 // μ in (0, 1); 0 stands for 0.9
	Nesterov    bool    // look ahead
	WeightDecay float64 // λ
}

// String names the optimiser with its settings.
func (s Momentum) String() string {
	name := "momentum"
	if s.Nesterov {
		name = "Nesterov momentum"
	}
	name += fmt.Sprintf(" (μ %g", s.withDefaults().Mu)
	if s.WeightDecay != 0 {
		name += fmt.Sprintf(", weight decay %g", s.WeightDecay)
	}
	return name + ")"
}

func (s Momentum) withDefaults() Momentum {
	s.Mu = orDefault(s.Mu, 0.9)
	return s
}

func (s Momentum) validate() error {
	if err := checkFraction("Momentum.Mu", s.Mu); err != nil {
		return err
	}
	return checkWeightDecay(s.WeightDecay)
}

type momentum[T Float] struct {
	history[T]
	settings Momentum
}

func newMomentum[T Float](s Momentum, params []Param[T]) *momentum[T] {
	return &momentum[T]{newHistory("momentum", params, slot[T]{name: "velocity"}), s.withDefaults()}
}

// Step implements [Optimizer].
func (o *momentum[T]) Step(params []Param[T], rate float64) {
	o.begin(params, rate)
	s := o.settings
	mu := T(s.Mu)
	for i := range params {
		p, u := &params[i], o.slots[0].values[i]
		rate, shrink := T(rate*p.Rate), p.shrink(rate, s.WeightDecay)
		accumulate(u, p.Grad, mu)
		if s.Nesterov {
			descendAhead(p.Value, u, p.Grad, rate, shrink, mu)
		} else {
			descend(p.Value, u, rate, shrink)
		}
	}
}

// Accepts reports whether the next step leaves finite velocities for the gradients
// of params, which may be some of those that the optimiser was made for.
func (o *momentum[T]) Accepts(params []Param[T]) bool {
	mu := T(o.settings.Mu)
	for i := range params {
		p := &params[i]
		u := o.of(0, p.Name)
		for j, g := range p.Grad[:len(u)] {
			v := T(mu*u[j]) + g
			if o.settings.Nesterov {
				v = g + T(mu*v)
			}
			if v-v != 0 {
				return false
			}
		}
	}
	return true
}

// accumulate computes u = mu·u + g.
func accumulate[T Float](u, g []T, mu T) {
	u = u[:len(g)]
	for i, g := range g {
		u[i] = T(mu*u[i]) + g
	}
}

// descendAhead computes x −= shrink·x + rate·(g + mu·u).
func descendAhead[T Float](x, u, g []T, rate, shrink, mu T) {
	u, g = u[:len(x)], g[:len(x)]
	for i := range x {
		ahead := g[i] + T(mu*u[i])
		x[i] -= T(shrink*x[i]) + T(rate*ahead)
	}
}

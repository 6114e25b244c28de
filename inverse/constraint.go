package inverse

import "fmt"

// A Constraint keeps parameters in a set: after each update they are replaced by
// the nearest allowed values. The zero value allows all.
type Constraint struct {
	bounded bool
	lower   float64
}

// LowerBound allows values ≥ lower.
func LowerBound(lower float64) Constraint { return Constraint{bounded: true, lower: lower} }

// NonNegative allows values ≥ 0.
func NonNegative() Constraint { return LowerBound(0) }

func (c Constraint) String() string {
	if !c.bounded {
		return "none"
	}
	return fmt.Sprintf(">= %g", c.lower)
}

// project applies a constraint to weights.
func project[T Float](c Constraint, w []T) {
	if !c.bounded {
		return
	}
	for i, v := range w {
		w[i] = max(v, T(c.lower))
	}
}

package inverse

import (
	"fmt"
	"math"
	"strings"

	"github.com/inversenet/inversenet/internal/portable"
)

// A Rule is what training does to a parameter.
type Rule struct {
	// Rate is the learning rate, at least 0. At 0 nothing touches the parameter.
	Rate float64
	// Decay makes the optimiser's weight decay apply.
	Decay bool
	// Constraint applies after each update.
	Constraint Constraint
}

// A Constraint keeps a parameter in a set: after each update its values are
// replaced by the nearest allowed ones. The zero value allows all.
type Constraint struct {
	bounded bool
	lower   float64
	columns columnNorm
}

// A columnNorm is what the norms of a matrix's columns may be.
type columnNorm int

const (
	anyNorm columnNorm = iota
	unitNorm
	atMostOne
)

// LowerBound allows values ≥ lower.
func LowerBound(lower float64) Constraint { return Constraint{bounded: true, lower: lower} }

// NonNegative allows values ≥ 0.
func NonNegative() Constraint { return LowerBound(0) }

// UnitColumns allows matrices whose columns, the atoms of a linear generator, have
// the norm 1. A column of zeros has no nearest one, and stays.
func UnitColumns() Constraint { return Constraint{columns: unitNorm} }

// ColumnsAtMostOne allows matrices whose columns have norms of at most 1.
func ColumnsAtMostOne() Constraint { return Constraint{columns: atMostOne} }

// NonNegative allows, of what c does, values ≥ 0.
func (c Constraint) NonNegative() Constraint {
	c.bounded, c.lower = true, 0
	return c
}

// String says what is allowed.
func (c Constraint) String() string {
	var parts []string
	if c.bounded {
		parts = append(parts, fmt.Sprintf(">= %g", c.lower))
	}
	switch c.columns {
	case unitNorm:
		parts = append(parts, "columns of norm 1")
	case atMostOne:
		parts = append(parts, "columns of norm at most 1")
	}
	if parts == nil {
		return "none"
	}
	return strings.Join(parts, ", ")
}

// validate returns an error for a set that there is none of, for a parameter of the
// given shape.
func (c Constraint) validate(shape []int) error {
	if c.bounded && (math.IsNaN(c.lower) || math.IsInf(c.lower, 0)) {
		return fmt.Errorf("constraint >= %v, want a finite bound", c.lower)
	}
	if c.columns != anyNorm && len(shape) != 2 {
		return fmt.Errorf("constraint %v, and its shape is %v: want a matrix", c, shape)
	}
	return nil
}

// project applies a constraint to the values of a parameter.
func project[T Float](c Constraint, shape []int, w []T) {
	if c.bounded {
		lower := T(c.lower)
		for i, v := range w {
			w[i] = max(v, lower)
		}
	}
	if c.columns == anyNorm {
		return
	}
	for k := range shape[1] {
		var norm float64
		for i := k; i < len(w); i += shape[1] {
			norm = portable.Hypot(norm, float64(w[i]))
		}
		if norm == 0 || norm <= 1 && c.columns == atMostOne {
			continue
		}
		for i := k; i < len(w); i += shape[1] {
			w[i] = T(float64(w[i]) / norm)
		}
	}
}

package optim

import (
	"fmt"
	"math"
	"unsafe"
)

// Float is an element type of parameters.
type Float interface{ float32 | float64 }

// Param is one array of parameters with its gradient. The slices are the model's
// own: a step reads Grad and writes Value.
type Param[T Float] struct {
	Name        string // keys the optimiser's state, so it must be unique
	Value, Grad []T    // of the same length

	// Rate multiplies the rate of each step; 1 is the usual choice. At 0 the
	// values stay as they are.
	Rate  float64
	Decay bool // the settings' WeightDecay applies
}

// check tells what is wrong with a parameter on its own.
func (p *Param[T]) check() error {
	if len(p.Value) != len(p.Grad) {
		return fmt.Errorf("optim: parameter %q has %d values and %d gradients, want as many of each",
			p.Name, len(p.Value), len(p.Grad))
	}
	if !isRate(p.Rate) {
		return fmt.Errorf("optim: parameter %q has the rate %v, want a finite number of at least 0", p.Name, p.Rate)
	}
	return nil
}

// checkAll tells what is wrong with a list of parameters.
func checkAll[T Float](params []Param[T]) error {
	seen := make(map[string]bool, len(params))
	for i := range params {
		p := &params[i]
		if p.Name == "" {
			return fmt.Errorf("optim: parameter %d has no name; names key the optimiser's state", i)
		}
		if seen[p.Name] {
			return fmt.Errorf("optim: two parameters are named %q, want unique names", p.Name)
		}
		seen[p.Name] = true
		if err := p.check(); err != nil {
			return err
		}
	}
	return nil
}

// isRate says whether r can multiply an update: finite and not negative.
func isRate(r float64) bool { return r >= 0 && !math.IsInf(r, 1) }

// smallestNormal is the smallest positive normal number of T.
func smallestNormal[T Float]() T {
	var zero T
	exponent := -1022
	if unsafe.Sizeof(zero) == 4 {
		exponent = -126
	}
	return T(math.Ldexp(1, exponent))
}

package gradcheck

import (
	"errors"
	"fmt"
	"math"
)

// ErrMismatch is what errors about wrong derivatives wrap.
var ErrMismatch = errors.New("the derivative does not agree with the function")

// ErrUnresolved is what errors wrap where the function does not allow a verdict.
var ErrUnresolved = errors.New("the derivative could not be checked")

// Options change what a check does. The zero value is meant for functions in
// float64 whose arguments are of order one.
type Options struct {
	// Tolerance is the largest relative error of a right derivative. 0 stands for
	// 1e-6 in FiniteDifference and Directional, 1e-10 in DotProduct. Taylor has
	// no use for it.
	Tolerance float64

	// Step is the first and largest step. The finite differences of argument xᵢ
	// begin at Step·max(1, |xᵢ|) and are halved nine times; 0 stands for 0.01.
	// Those of Directional begin at Step·v, with |v| of order one an element.
	// Taylor's table begins at Step·direction; 0 stands for 0.1.
	Step float64

	// Noise is the relative rounding error of the function's values; 0 stands for
	// 2⁻⁵², that of float64.
	Noise float64

	// Name names component i in reports, an argument in FiniteDifference and an
	// output in Directional; nil stands for x[i] and y[i].
	Name func(i int) string

	// Trials is how many random vectors DotProduct and Directional try; 0 stands
	// for 4.
	Trials int

	// Seed determines the random vectors.
	Seed uint64
}

// withDefaults fills in what is not set and refuses what cannot be.
func (o Options) withDefaults(tolerance, step float64, name string) (Options, error) {
	for _, s := range []struct {
		name    string
		value   *float64
		instead float64
	}{{"Tolerance", &o.Tolerance, tolerance}, {"Step", &o.Step, step}, {"Noise", &o.Noise, 0x1p-52}} {
		if !(*s.value >= 0) || math.IsInf(*s.value, 1) {
			return o, fmt.Errorf("gradcheck: %s is %v, want a finite number above 0, or 0 for %.3g", s.name, *s.value, s.instead)
		}
		if *s.value == 0 {
			*s.value = s.instead
		}
	}
	if o.Trials < 0 {
		return o, fmt.Errorf("gradcheck: Trials is %d, want at least 1, or 0 for 4", o.Trials)
	}
	if o.Trials == 0 {
		o.Trials = 4
	}
	if o.Name == nil {
		o.Name = func(i int) string { return fmt.Sprintf("%s[%d]", name, i) }
	}
	return o, nil
}

// checkFinite refuses a slice with NaN or infinite elements.
func checkFinite(what string, s []float64) error {
	for i, v := range s {
		if !finite(v) {
			return fmt.Errorf("gradcheck: %s[%d] is %v, want a finite number", what, i, v)
		}
	}
	return nil
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

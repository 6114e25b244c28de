package gradcheck

import (
	"fmt"
	"math"
)

// FiniteDifference compares grad with the gradient of f at x, measured by
// extrapolated central differences, component by component.
//
// A component agrees when
//
//	|given − measured| ≤ Tolerance·max(|given|, |measured|) + uncertainty
//
// and the uncertainty of the measurement is at most Tolerance times the largest
// of the components and |f(x)|. It differs when it is further away than Tolerance
// and ten times the uncertainty allow, and is unresolved otherwise. Where f is not differentiable, as |x| at 0,
// there is no right gradient and the check fails.
//
// f is called 20·len(x) + 1 times with a slice that it must neither change nor
// keep; x and grad are only read. The report is nil only when the arguments
// cannot be used: different lengths, numbers in x or grad or a value f(x) that
// are not finite, an option out of range.
func FiniteDifference(f func(x []float64) float64, x, grad []float64, opt Options) (*Report, error) {
	opt, err := opt.withDefaults(1e-6, 0.01, "x")
	if err != nil {
		return nil, err
	}
	if err := checkGradient(x, grad); err != nil {
		return nil, err
	}
	at := append([]float64(nil), x...)
	center := f(at)
	if !finite(center) {
		return nil, fmt.Errorf("gradcheck: f(x) is %v, want a finite number", center)
	}
	r := &Report{Tolerance: opt.Tolerance}
	for i, xi := range x {
		var s samples
		h := opt.Step * max(1, math.Abs(xi))
		for k := range levels {
			upper, lower := xi+h, xi-h
			s.gap[k] = upper - lower
			at[i] = upper
			s.above[k] = f(at)
			at[i] = lower
			s.below[k] = f(at)
			h /= 2
		}
		at[i] = xi
		measured, uncertainty := s.derivative(opt.Noise)
		r.Components = append(r.Components, Component{
			Name: opt.Name(i), Given: grad[i], Measured: measured, Uncertainty: uncertainty,
		})
	}
	r.judge(math.Abs(center))
	return r, r.err()
}

func checkGradient(x, grad []float64) error {
	if len(x) != len(grad) {
		return fmt.Errorf("gradcheck: x has %d elements and grad %d, want as many of each", len(x), len(grad))
	}
	if err := checkFinite("x", x); err != nil {
		return err
	}
	return checkFinite("grad", grad)
}

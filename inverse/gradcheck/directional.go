package gradcheck

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// Directional compares the products J·v of a map f from len(x) to out numbers with
// its derivatives along random directions v, output by output. J is the
// Jacobian at x, J[i][j] = ∂fᵢ/∂xⱼ; jvp computes dst = J·v.
//
// What counts as right is as in [FiniteDifference]. f and jvp must fill dst and
// neither change nor keep their other argument; f is called once, and 20 times
// more for each trial. The report is nil only when the arguments cannot be used.
func Directional(f func(dst, x []float64), x []float64, jvp func(dst, v []float64), out int, opt Options) (*Report, error) {
	opt, err := opt.withDefaults(1e-6, 0.01, "y")
	if err != nil {
		return nil, err
	}
	if out < 0 {
		return nil, fmt.Errorf("gradcheck: %d outputs, want at least 0", out)
	}
	if err := checkFinite("x", x); err != nil {
		return nil, err
	}
	at, value, v, given := clone(x), make([]float64, out), make([]float64, len(x)), make([]float64, out)
	f(value, at)
	if err := checkFinite("f(x)", value); err != nil {
		return nil, err
	}
	size := 0.0
	for _, y := range value {
		size = max(size, math.Abs(y))
	}
	r := &Report{Tolerance: opt.Tolerance}
	rng := rand.New(rand.NewPCG(opt.Seed, 1))
	for trial := range opt.Trials {
		fillNormal(v, rng)
		jvp(given, clone(v))
		if err := checkFinite("J·v", given); err != nil {
			return nil, err
		}
		s := sampleAlong(f, x, v, out, opt.Step)
		for i := range out {
			measured, uncertainty := s[i].derivative(opt.Noise)
			r.Components = append(r.Components, Component{
				Name:  fmt.Sprintf("trial %d, %s", trial+1, opt.Name(i)),
				Given: given[i], Measured: measured, Uncertainty: uncertainty,
			})
		}
	}
	r.judge(size)
	return r, r.err()
}

// sampleAlong evaluates every output at x ± h·v.
func sampleAlong(f func(dst, x []float64), x, v []float64, out int, h float64) []samples {
	s := make([]samples, out)
	at, value := make([]float64, len(x)), make([]float64, out)
	evaluate := func(h float64) {
		for j := range x {
			at[j] = x[j] + h*v[j]
		}
		f(value, at)
	}
	for k := range levels {
		evaluate(h)
		for i, y := range value {
			s[i].above[k], s[i].gap[k] = y, 2*h
		}
		evaluate(-h)
		for i, y := range value {
			s[i].below[k] = y
		}
		h /= 2
	}
	return s
}

func fillNormal(dst []float64, rng *rand.Rand) {
	for i := range dst {
		dst[i] = rng.NormFloat64()
	}
}

func clone(s []float64) []float64 { return append([]float64(nil), s...) }

package asmgen

import (
	"math"
	"math/big"
	"testing"
)

// TestPolynomials bounds what the polynomials themselves contribute to the error
// of the functions, relative to the function: a tenth of a unit in the last place.
func TestPolynomials(t *testing.T) {
	for _, target := range targets {
		for _, c := range []struct {
			name   string
			series func(*big.Float) *big.Float
			p      polynomial
			// share is how much a relative error of the series matters at x.
			share func(x float64) float64
		}{
			{"exp", expSeries, expPolynomial(target), func(x float64) float64 { return x * x / 2 }},
			{"log", logSeries, logPolynomial(target), func(w float64) float64 { return w / 3 }},
			{"log1p", logSeries, log1pPolynomial(target), func(w float64) float64 { return w / 3 }},
		} {
			worst := 0.0
			for i := range 2001 {
				x := c.p.lo + (c.p.hi-c.p.lo)*float64(i)/2000
				want := c.series(number(x))
				got := number(0)
				for k := len(c.p.coefficients) - 1; k >= 0; k-- {
					got.Add(got.Mul(got, number(x)), number(c.p.coefficients[k]))
				}
				diff, _ := new(big.Float).Quo(got.Sub(got, want), want).Float64()
				worst = max(worst, math.Abs(diff)*c.share(x))
			}
			ulp := math.Ldexp(1, -target.mantissa())
			t.Logf("%s, %s: %.3f ulp", c.name, target.GoType, worst/ulp)
			if worst > 0.1*ulp {
				t.Errorf("%s, %s: the polynomial is %.2g ulp off, want at most 0.1", c.name, target.GoType, worst/ulp)
			}
		}
	}
}

func TestSplitLn2(t *testing.T) {
	for _, target := range targets {
		high, low := splitLn2(target)
		if got := high + low; got != math.Ln2 {
			t.Errorf("%s: %v + %v = %v, want ln 2", target.GoType, high, low, got)
		}
		largest := float64(2*target.bias() + target.mantissa())
		if p := number(high * largest); new(big.Float).Mul(number(high), number(largest)).Cmp(p) != 0 ||
			(target.Bytes == 4 && float64(float32(high*largest)) != high*largest) {
			t.Errorf("%s: %v·%v is not exact", target.GoType, high, largest)
		}
	}
}

package kernels

import (
	"math"
	"math/big"
	"testing"

	"github.com/inversenet/inversenet/internal/testkit"
)

// The functions here judge float64 kernels: they compute with 200 bits and keep
// the result as a sum of two float64.

func precise(x float64) *big.Float { return new(big.Float).SetPrec(200).SetFloat64(x) }

func quotient(a, b *big.Float) *big.Float { return precise(0).Quo(a, b) }
func product2(a, b *big.Float) *big.Float { return precise(0).Mul(a, b) }
func plus(a, b *big.Float) *big.Float     { return precise(0).Add(a, b) }
func minus(a *big.Float) *big.Float       { return precise(0).Neg(a) }

// preciseExp halves x until it is small, sums the Taylor series, and squares;
// for |x| up to a thousand.
func preciseExp(x *big.Float) *big.Float {
	const halvings = 24
	small := precise(0).SetMantExp(x, -halvings)
	sum, term := precise(1), precise(1)
	for n := 1.0; n < 15; n++ {
		term = quotient(product2(term, small), precise(n))
		sum = plus(sum, term)
	}
	for range halvings {
		sum = product2(sum, sum)
	}
	return sum
}

// preciseLog takes two of Halley's steps y + 2(x − eʸ)/(x + eʸ), each of which
// triples the digits of math.Log.
func preciseLog(x *big.Float) *big.Float {
	mantissa := precise(0)
	exponent := x.MantExp(mantissa)
	m, _ := mantissa.Float64()
	y := precise(math.Log(m) + float64(exponent)*math.Ln2)
	for range 2 {
		e := preciseExp(y)
		y = plus(y, product2(precise(2), quotient(plus(x, minus(e)), plus(x, e))))
	}
	return y
}

// preciseSigmoid is 1/(1 + exp(−x)).
func preciseSigmoid(x *big.Float) *big.Float {
	return quotient(precise(1), plus(precise(1), preciseExp(minus(x))))
}

// preciseTanh is 1 − 2·sigmoid(−2x), for x that is not tiny beside the digits.
func preciseTanh(x *big.Float) *big.Float {
	twice := product2(precise(2), x)
	return plus(precise(1), minus(product2(precise(2), preciseSigmoid(minus(twice)))))
}

// preciseSoftplus is log(1 + exp(x)).
func preciseSoftplus(x *big.Float) *big.Float { return preciseLog1p(preciseExp(x)) }

// preciseLog1p is log(1 + u) for u ≥ 0; u itself, less half its square, where that is
// beyond the digits of the sum.
func preciseLog1p(u *big.Float) *big.Float {
	if u.Sign() == 0 || u.MantExp(nil) < -120 {
		return plus(u, minus(product2(u, quotient(u, precise(2)))))
	}
	return preciseLog(plus(precise(1), u))
}

// preciseTail is log(1 + exp(−|x|)).
func preciseTail(x *big.Float) *big.Float { return preciseSoftplus(minus(precise(0).Abs(x))) }

// twofold is v as a sum of two float64, the first of them v rounded.
func twofold(v *big.Float) (hi, lo float64) {
	if hi, _ = v.Float64(); math.IsInf(hi, 0) {
		return hi, 0
	}
	lo, _ = plus(v, precise(-hi)).Float64()
	return hi, lo
}

// ulpError is the distance of got from hi + lo in units in the last place.
func ulpError[T Float](got T, hi, lo float64) float64 {
	diff := testkit.ULPDiff(got, hi)
	if lo == 0 || math.IsInf(diff, 0) {
		return diff
	}
	return math.Abs((float64(got)-hi)-lo) / unit(hi)
}

// unit is the distance from |x| to the next float64.
func unit(x float64) float64 { return math.Nextafter(math.Abs(x), math.Inf(1)) - math.Abs(x) }

func TestPreciseFunctions(t *testing.T) {
	for _, c := range []struct {
		name string
		f    func(*big.Float) *big.Float
		x    float64
		want string
	}{
		{"exp", preciseExp, 1, "2.71828182845904523536028747135266249775724709369995"},
		{"log", preciseLog, 10, "2.30258509299404568401799145468436420760110148862877"},
		{"log", preciseLog, 0x1p-1074, "-744.44007192138126231410729844608163411308714430291"},
		{"sigmoid", preciseSigmoid, 0.5, "0.62245933120185456463890056574550847875327936530891"},
		{"tanh", preciseTanh, 0.5, "0.46211715726000975850231848364367254873028928033011"},
		{"softplus", preciseSoftplus, -200, "1.3838965267367375306486814569790846854030475823395e-87"},
	} {
		got := c.f(precise(c.x))
		want, _, err := big.ParseFloat(c.want, 10, 200, big.ToNearestEven)
		if err != nil {
			t.Fatal(err)
		}
		if off, _ := quotient(plus(got, minus(want)), want).Float64(); math.Abs(off) > 1e-45 {
			t.Errorf("%s(%v) = %.50g, want %s", c.name, c.x, got, c.want)
		}
	}
}

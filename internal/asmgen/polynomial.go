package asmgen

import (
	"math"
	"math/big"
)

// precision of the arithmetic that coefficients are computed in.
const precision = 256

// A polynomial stands for a series on [lo, hi]; its coefficients come lowest
// first, rounded to the element type.
type polynomial struct {
	lo, hi       float64
	coefficients []float64
}

// expPolynomial stands for (eʳ − 1 − r)/r² on |r| ≤ ln(2)/2.
func expPolynomial(t target) polynomial {
	return t.polynomial(expSeries, -math.Ln2/2, math.Ln2/2, 4, 9)
}

// logPolynomial stands for logSeries where √½ ≤ 1+f ≤ √2.
func logPolynomial(t target) polynomial {
	s := (math.Sqrt2 - 1) / (math.Sqrt2 + 1)
	return t.polynomial(logSeries, 0, s*s, 2, 7)
}

// log1pPolynomial stands for logSeries where 0 ≤ f ≤ 1.
func log1pPolynomial(t target) polynomial { return t.polynomial(logSeries, 0, 1.0/9, 4, 10) }

// polynomial interpolates a series, with the degree that float32 or float64
// needs.
func (t target) polynomial(series func(*big.Float) *big.Float, lo, hi float64, degree32, degree64 int) polynomial {
	degree := degree64
	if t.Bytes == 4 {
		degree = degree32
	}
	p := polynomial{lo, hi, interpolate(series, lo, hi, degree)}
	for i, c := range p.coefficients {
		if t.Bytes == 4 {
			p.coefficients[i] = float64(float32(c))
		}
	}
	return p
}

// ln2 in more digits than any element type holds.
var ln2 = func() *big.Float {
	f, _, err := big.ParseFloat("0.69314718055994530941723212145817656807550013436025525412068", 10, precision, big.ToNearestEven)
	if err != nil {
		panic(err)
	}
	return f
}()

// splitLn2 is ln 2 as a sum: high has so few bits that its product with any
// exponent of the element type is exact.
func splitLn2(t target) (high, low float64) {
	exponentBits := 8*t.Bytes - 1 - t.mantissa()
	short := new(big.Float).SetPrec(uint(t.mantissa() + 1 - exponentBits)).Set(ln2)
	high, _ = short.Float64()
	low, _ = new(big.Float).Sub(ln2, short).Float64()
	return high, low
}

// expSeries is (eʳ − 1 − r)/r² = Σ rⁿ/(n+2)!.
func expSeries(r *big.Float) *big.Float {
	sum, term := number(0), number(0.5)
	for n := 3.0; n < 60; n++ {
		sum.Add(sum, term)
		term.Quo(term.Mul(term, r), number(n))
	}
	return sum
}

// logSeries is the tail of log(1+f) = s·(2 + w·Σ 2wⁿ/(2n+3)), where s = f/(2+f)
// and w = s².
func logSeries(w *big.Float) *big.Float {
	sum, power := number(0), number(2)
	for n := 3.0; n < 300; n += 2 {
		sum.Add(sum, new(big.Float).Quo(power, number(n)))
		power.Mul(power, w)
	}
	return sum
}

// interpolate returns the coefficients, lowest first, of the polynomial that
// meets f at the Chebyshev nodes of [lo, hi]: within a small factor the best of
// its degree. Newton's divided differences are expanded to powers.
func interpolate(f func(*big.Float) *big.Float, lo, hi float64, degree int) []float64 {
	n := degree + 1
	nodes, diff := make([]*big.Float, n), make([]*big.Float, n)
	for i := range n {
		// Nodes need few digits; cut ones are the same on every machine.
		cos := math.Round(math.Cos(math.Pi*(float64(i)+0.5)/float64(n))*1e9) / 1e9
		nodes[i] = number((lo + hi + (hi-lo)*cos) / 2)
		diff[i] = f(nodes[i])
	}
	for k := 1; k < n; k++ {
		for i := n - 1; i >= k; i-- {
			gap := new(big.Float).Sub(nodes[i], nodes[i-k])
			diff[i] = new(big.Float).Quo(new(big.Float).Sub(diff[i], diff[i-1]), gap)
		}
	}
	// p = diff[k] + (x − node[k])·p, from the last difference to the first.
	p := make([]*big.Float, n)
	for i := range p {
		p[i] = number(0)
	}
	for k := n - 1; k >= 0; k-- {
		for i := n - 1; i >= 0; i-- {
			p[i] = new(big.Float).Neg(new(big.Float).Mul(p[i], nodes[k]))
			if i > 0 {
				p[i].Add(p[i], p[i-1])
			}
		}
		p[0].Add(p[0], diff[k])
	}
	coefficients := make([]float64, n)
	for i := range p {
		coefficients[i], _ = p[i].Float64()
	}
	return coefficients
}

func number(v float64) *big.Float { return new(big.Float).SetPrec(precision).SetFloat64(v) }

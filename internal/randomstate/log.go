package randomstate

import "math"

// logRounded returns ln x, 0 < x < ∞, rounded once from about 100 bits.
//
// math.Log is within one unit in the last place, but in a few per cent of the draws
// it is not the nearest float64, and on amd64 it is another program than
// elsewhere. The C library's log that NumPy calls (glibc's, in the published
// runs) misses the nearest float64 in about one draw in 2,500, by a few
// thousandths of a unit; those few draws differ from NumPy's in the last bit.
//
// With x = 2ᵏ·m, √½ ≤ m < √2 and q = (m−1)/(m+1):
//
//	ln x = k·ln 2 + 2·q·Σᵢ q²ⁱ/(2i+1)
func logRounded(x float64) float64 {
	m, k := math.Frexp(x)
	if m < math.Sqrt2/2 {
		m *= 2
		k--
	}
	// |q| < 0.172, so that 22 terms reach 2⁻¹¹⁰.
	const terms = 22
	q := quotient(m-1, twoSum(m, 1))
	q2 := q.times(q)
	var sum double
	for i := terms - 1; i >= 0; i-- {
		odd := double{hi: float64(2*i + 1)}
		sum = sum.times(q2).plus(quotient(1, odd))
	}
	ln := q.times(sum)
	ln = double{float64(2 * ln.hi), float64(2 * ln.lo)}

	const ln2Hi = 0x1.62e42fefa39efp-1
	ln2 := double{ln2Hi, math.Ln2 - ln2Hi}
	ln = ln2.times(double{hi: float64(k)}).plus(ln)
	return ln.hi
}

// double is the unevaluated sum hi + lo of two float64, |lo| ≤ ulp(hi)/2. The
// operations are those of T. J. Dekker, "A floating-point technique for
// extending the available precision" (1971), and D. E. Knuth's exact sum.
type double struct{ hi, lo float64 }

// twoSum returns a + b exactly.
func twoSum(a, b float64) double {
	s := a + b
	t := s - a
	return double{s, (a - (s - t)) + (b - t)}
}

func (a double) plus(b double) double {
	s := twoSum(a.hi, b.hi)
	t := twoSum(a.lo, b.lo)
	s = twoSum(s.hi, s.lo+t.hi)
	return twoSum(s.hi, s.lo+t.lo)
}

func (a double) times(b double) double {
	// The conversion keeps the compiler from fusing the product into a sum.
	p := float64(a.hi * b.hi)
	rest := math.FMA(a.hi, b.hi, -p)
	rest += math.FMA(a.hi, b.lo, a.lo*b.hi)
	return twoSum(p, rest)
}

// quotient returns a/b.
func quotient(a float64, b double) double {
	q := a / b.hi
	rest := math.FMA(-q, b.hi, a)
	rest = math.FMA(-q, b.lo, rest)
	return twoSum(q, rest/b.hi)
}

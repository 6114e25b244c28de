package portable

import "math"

// ln 2 as a sum of two numbers. The first has 33 bits, so that its product with
// an exponent is exact.
const (
	ln2High = 0x1.62e42feep-1
	ln2Low  = math.Ln2 - ln2High
)

// Exp returns eˣ in the way of Cody and Waite: with k the integer nearest to
// x/ln 2 and r = x − k·ln 2,
//
//	eˣ = 2ᵏ·(1 + r + r²·P(r))
//
// Results below the normal numbers lose precision gradually.
func Exp(x float64) float64 {
	switch {
	case x > 709.8:
		return math.Inf(1)
	case x < -745.2:
		return 0
	case x != x:
		return x
	}
	k := math.Floor(float64(x*math.Log2E) + 0.5)
	high, low := x-float64(k*ln2High), float64(k*ln2Low)
	r := high - low
	rest := (high - r) - low // what rounding took from r
	y := 1 + (r + (rest + expTail(r)))
	if n := int(k); n >= -1022 && n <= 1023 {
		return float64(y * powerOfTwo(n))
	}
	half := int(k) / 2 // neither half over- or underflows alone
	return float64(y * powerOfTwo(half) * powerOfTwo(int(k)-half))
}

// expTail is eʳ − 1 − r for |r| ≤ ln(2)/2: thirteen terms of its series. Terms are
// gathered in pairs and pairs of pairs, which need not wait for each other.
func expTail(r float64) float64 {
	const (
		c2, c3, c4  = 1.0 / 2, 1.0 / 6, 1.0 / 24
		c5, c6, c7  = 1.0 / 120, 1.0 / 720, 1.0 / 5040
		c8, c9, c10 = 1.0 / 40320, 1.0 / 362880, 1.0 / 3628800
		c11, c12    = 1.0 / 39916800, 1.0 / 479001600
		c13, c14    = 1.0 / 6227020800, 1.0 / 87178291200
	)
	r2 := r * r
	r4 := r2 * r2
	p2 := (c2 + float64(c3*r)) + float64((c4+float64(c5*r))*r2)
	p6 := (c6 + float64(c7*r)) + float64((c8+float64(c9*r))*r2)
	p10 := (c10 + float64(c11*r)) + float64(((c12+float64(c13*r))+float64(c14*r2))*r2)
	return float64(r2 * (p2 + float64((p6+float64(p10*r4))*r4)))
}

// powerOfTwo is 2ⁿ for −1022 ≤ n ≤ 1023.
func powerOfTwo(n int) float64 { return math.Float64frombits(uint64(n+1023) << 52) }

// Tanh returns tanh x.
func Tanh(x float64) float64 {
	size := math.Abs(x)
	var y float64
	if size < math.Ln2/4 {
		// (e²ˣ − 1)/(e²ˣ + 1), with the numerator from its own series
		numerator := float64(2*size) + expTail(2*size)
		y = numerator / (2 + numerator)
	} else {
		u := Exp(-2 * size)
		y = (1 - u) / (1 + u)
	}
	return math.Copysign(y, x)
}

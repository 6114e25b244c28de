package portable

import "math"

// Log returns the natural logarithm of x. With x = 2ᵏ·(1 + f), √½ ≤ 1+f < √2,
// s = f/(2+f) and R the series of log(1+f) = s·(2 + R) from its second term on,
//
//	log x = k·ln 2 + f − (f²/2 − s·(f²/2 + R))
//
// in which f is exact and all that is rounded is small beside it (the form of
// FreeBSD's e_log.c).
func Log(x float64) float64 {
	switch {
	case x != x || x > math.MaxFloat64:
		return x
	case x < 0:
		return math.NaN()
	case x == 0:
		return math.Inf(-1)
	}
	const (
		one   = 0x3FF0000000000000 // bits of 1
		root  = 0x3FE6A09E667F3BCD // bits of √½
		digit = 1<<52 - 1
	)
	scaled := 0
	if x < 0x1p-1022 {
		x *= 0x1p54
		scaled = 54
	}
	// Adding the distance from √½ to 1 makes every significand from √½ on carry
	// into the exponent.
	bits := math.Float64bits(x) + (one - root)
	k := float64(int(bits>>52) - 1023 - scaled)
	f := math.Float64frombits(bits&digit+root) - 1

	s := f / (2 + f)
	half := float64(0.5 * f * f)
	tail := float64(s*(half+logTail(s*s))) + float64(k*ln2Low)
	return float64(k*ln2High) - ((half - tail) - f)
}

// logTail is Σ 2wⁿ/(2n+1) over n = 1…10, for w ≤ 0.0295.
func logTail(w float64) float64 {
	const (
		c1, c2, c3, c4, c5  = 2.0 / 3, 2.0 / 5, 2.0 / 7, 2.0 / 9, 2.0 / 11
		c6, c7, c8, c9, c10 = 2.0 / 13, 2.0 / 15, 2.0 / 17, 2.0 / 19, 2.0 / 21
	)
	w2 := w * w
	w4 := w2 * w2
	p1 := (c1 + float64(c2*w)) + float64((c3+float64(c4*w))*w2)
	p5 := (c5 + float64(c6*w)) + float64((c7+float64(c8*w))*w2)
	p9 := c9 + float64(c10*w)
	return float64(w * (p1 + float64((p5+float64(p9*w4))*w4)))
}

// Log1p returns log(1 + x) for x ≥ 0, also where 1 + x rounds to 1, and NaN for NaN.
func Log1p(x float64) float64 {
	u := 1 + x
	if u == 1 || u > math.MaxFloat64 {
		return x
	}
	return Log(u) + (x-(u-1))/u // what rounding took from u
}

package portable

import "math"

// Sincos returns sin x and cos x for |x| ≤ 2²⁰; beyond, x would have to be reduced
// by more digits of π, and Sincos panics. NaN and infinities give NaN.
//
// With q the integer nearest to 2x/π, r = x − q·π/2 is small, and the quarter turn
// q says which of ±sin r and ±cos r is which.
func Sincos(x float64) (sin, cos float64) {
	if x-x != 0 {
		return math.NaN(), math.NaN()
	}
	if math.Abs(x) > 1<<20 {
		panic("portable: Sincos of an angle beyond 2²⁰")
	}
	// π/2 as a sum: the products of the first two with q are exact.
	const (
		first  = 0x1.921fb544p+0
		second = 0x1.0b4611a6p-34
		third  = math.Pi/2 - first - second
	)
	q := math.Floor(float64(x*(2/math.Pi)) + 0.5)
	most, next := x-float64(q*first), float64(q*second)
	high := most - next
	low := float64(q*third) - ((most - high) - next)
	r := high - low
	rest := (high - r) - low // what rounding took from r

	z := r * r
	s := r + (float64(sinTail(z)*(z*r)) + rest)
	half := float64(0.5 * z)
	c := 1 - half
	c += ((1 - c) - half) + (float64(cosTail(z)*(z*z)) - float64(r*rest))
	switch int64(q) & 3 {
	case 0:
		return s, c
	case 1:
		return c, -s
	case 2:
		return -s, -c
	default:
		return -c, s
	}
}

// sinTail is (sin r − r)/r³ and cosTail is (cos r − 1 + r²/2)/r⁴, by their series in
// z = r² for |r| ≤ π/4.
func sinTail(z float64) float64 {
	return series(z, -1.0/6, 1.0/120, -1.0/5040, 1.0/362880, -1.0/39916800, 1.0/6227020800, -1.0/1307674368000)
}

func cosTail(z float64) float64 {
	return series(z, 1.0/24, -1.0/720, 1.0/40320, -1.0/3628800, 1.0/479001600, -1.0/87178291200, 1.0/20922789888000)
}

// series is Σ cₙ·zⁿ.
func series(z float64, c ...float64) float64 {
	sum := 0.0
	for n := len(c) - 1; n >= 0; n-- {
		sum = float64(sum*z) + c[n]
	}
	return sum
}

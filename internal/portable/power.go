package portable

// Power returns xⁿ for n ≥ 0 by repeated squaring: exact for n ≤ 1, and within n
// units in the last place.
func Power(x float64, n int) float64 {
	y := 1.0
	for ; n > 0; n >>= 1 {
		if n&1 == 1 {
			y *= x
		}
		x *= x
	}
	return y
}

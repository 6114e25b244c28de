package portable

import "math"

// Hypot returns √(x² + y²) without needless overflow or underflow, within two units in
// the last place.
func Hypot(x, y float64) float64 {
	large, small := math.Abs(x), math.Abs(y)
	switch {
	case large > math.MaxFloat64 || small > math.MaxFloat64:
		return math.Inf(1)
	case x != x || y != y:
		return math.NaN()
	case large < small:
		large, small = small, large
	}
	if large == 0 {
		return 0
	}
	small /= large
	return float64(large * math.Sqrt(1+float64(small*small)))
}

package engine

// Finite reports whether no element is NaN or infinite: v − v is zero for all
// others. Four sums keep the additions from waiting for each other.
func Finite[T Float](s []T) bool {
	var a, b, c, d T
	for ; len(s) >= 4; s = s[4:] {
		a += s[0] - s[0]
		b += s[1] - s[1]
		c += s[2] - s[2]
		d += s[3] - s[3]
	}
	for _, v := range s {
		a += v - v
	}
	return a+b+c+d == 0
}

package kernels

import "math"

// A twofoldSum is a number as a sum of two float64, the second below the last place
// of the first: twice the digits of a float64 kernel. Explicit conversions keep the
// compiler from fusing products into sums.
type twofoldSum struct{ hi, lo float64 }

func exactly(x float64) twofoldSum { return twofoldSum{hi: x} }

// twoSum is a + b without error.
func twoSum(a, b float64) twofoldSum {
	s := a + b
	v := s - a
	return twofoldSum{s, (a - (s - v)) + (b - v)}
}

// twoProduct is a·b without error.
func twoProduct(a, b float64) twofoldSum {
	p := float64(a * b)
	return twofoldSum{p, math.FMA(a, b, -p)}
}

func (x twofoldSum) plus(y twofoldSum) twofoldSum {
	s := twoSum(x.hi, y.hi)
	if math.IsInf(s.hi, 0) {
		return exactly(s.hi)
	}
	return twoSum(s.hi, s.lo+(x.lo+y.lo))
}

func (x twofoldSum) minus(y twofoldSum) twofoldSum { return x.plus(twofoldSum{-y.hi, -y.lo}) }

func (x twofoldSum) times(c float64) twofoldSum {
	p := twoProduct(x.hi, c)
	return twoSum(p.hi, p.lo+float64(x.lo*c))
}

// above tells whether x > y.
func (x twofoldSum) above(y float64) bool { return x.hi > y || x.hi == y && x.lo > 0 }
func (x twofoldSum) below(y float64) bool { return x.hi < y || x.hi == y && x.lo < 0 }

// off is the distance of got from x.
func off[T Float](got T, x twofoldSum) float64 { return math.Abs((float64(got) - x.hi) - x.lo) }

// inSteps is the distance of got from x in units of eps times size, which is the
// sum of the magnitudes of all terms. Where all terms are zero, so must got be.
func inSteps[T Float](got T, x twofoldSum, size float64) float64 {
	switch d := off(got, x); {
	case d == 0:
		return 0
	case size == 0:
		return math.Inf(1)
	default:
		return d / (eps[T]() * size)
	}
}

// exact is 0 where got has the bits of want, else infinite.
func exact[T Float](got, want T) float64 {
	if SameBits([]T{got}, []T{want}) {
		return 0
	}
	return math.Inf(1)
}

// twofold is a compensated sum as a twofold.
func (s *sum) twofold() twofoldSum { return twoSum(s.value, s.carry) }

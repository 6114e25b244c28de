package optim

import (
	"fmt"
	"math"
)

// ClipNorm scales all gradients by one factor so that their common Euclidean
// norm,
//
//	norm = √(Σ over all elements of all parameters of g²),
//
// is at most max, and returns the norm as it was. Gradients within the bound
// keep their bits; with max = +Inf the norm is only measured. The sum runs in
// float64 and neither overflows nor underflows where the norm itself does not.
//
// When a gradient is NaN or infinite the result is NaN or +Inf and nothing is
// scaled, since no factor would make an update of it: look at the result before
// the step. ClipNorm panics when max is not above 0. It allocates nothing.
func ClipNorm[T Float](params []Param[T], max float64) (norm float64) {
	if !(max > 0) {
		panic(fmt.Sprintf("optim: ClipNorm to %v, want a number above 0", max))
	}
	norm = globalNorm(params)
	if !(norm > max) || math.IsInf(norm, 1) {
		return norm
	}
	factor := T(max / norm)
	for i := range params {
		for j, g := range params[i].Grad {
			params[i].Grad[j] = factor * g
		}
	}
	return norm
}

// globalNorm is the norm of all gradients together.
func globalNorm[T Float](params []Param[T]) float64 {
	// A sum in this range lost nothing that matters to underflow or overflow of
	// single squares; others are taken again, scaled by the largest element.
	const low, high = 0x1p-900, 0x1p1000
	sum := 0.0
	for i := range params {
		sum += sumOfSquares(params[i].Grad)
	}
	if sum >= low && sum <= high {
		return math.Sqrt(sum)
	}
	largest := largestMagnitude(params)
	if largest == 0 || math.IsNaN(largest) || math.IsInf(largest, 1) {
		return largest
	}
	// A power of two scales without rounding.
	_, exponent := math.Frexp(largest)
	sum = 0
	for i := range params {
		for _, g := range params[i].Grad {
			g := math.Ldexp(float64(g), -exponent)
			sum += float64(g * g)
		}
	}
	return math.Ldexp(math.Sqrt(sum), exponent)
}

// sumOfSquares is Σ g² in float64. Four sums run side by side, so that an
// addition need not wait for the one before.
func sumOfSquares[T Float](g []T) float64 {
	var s0, s1, s2, s3 float64
	for ; len(g) >= 4; g = g[4:] {
		a, b, c, d := float64(g[0]), float64(g[1]), float64(g[2]), float64(g[3])
		s0 += float64(a * a)
		s1 += float64(b * b)
		s2 += float64(c * c)
		s3 += float64(d * d)
	}
	for _, g := range g {
		a := float64(g)
		s0 += float64(a * a)
	}
	return (s0 + s1) + (s2 + s3)
}

// largestMagnitude is the largest |g|, NaN if any g is.
func largestMagnitude[T Float](params []Param[T]) float64 {
	largest := 0.0
	for i := range params {
		for _, g := range params[i].Grad {
			largest = max(largest, math.Abs(float64(g)))
		}
	}
	return largest
}

package testkit

import (
	"math"
	"unsafe"
)

// CentralDifference estimates f′(x) from six values of f around x. The central
// differences D(h) = (f(x+h) − f(x−h)) / 2h for h, h/2 and h/4 are extrapolated to
// h = 0 by Richardson's rule, which leaves an error of order h⁶ f⁽⁷⁾(x) beside
// the rounding of f, about ε·|f|/h. With f of order one in float64, h near 0.01
// gives eleven digits or more. It panics if h is so small that x + h/4 rounds to x.
func CentralDifference(f func(float64) float64, x, h float64) float64 {
	var d [3]float64
	for i := range d {
		upper, lower := x+h, x-h
		if upper == lower {
			panic("testkit: CentralDifference: the step vanishes beside x")
		}
		// upper − lower is the step that was really taken after rounding.
		d[i] = (f(upper) - f(lower)) / (upper - lower)
		h /= 2
	}
	// Each pass removes the leading power of h from the error: h², then h⁴.
	coarse, fine := (float64(4*d[1])-d[0])/3, (float64(4*d[2])-d[1])/3
	return (float64(16*fine) - coarse) / 15
}

// ULPDiff returns |a − ref| in units in the last place of T at |ref|, that is
// divided by the distance between the numbers of T that have ref's power of two.
// A correctly rounded result is at most 0.5 away, where ref is in range of T.
//
// Two NaN are 0 apart, and so are an infinite a and a ref that rounds to it in T;
// a NaN or an infinity against anything else is +Inf.
func ULPDiff[T float32 | float64](a T, ref float64) float64 {
	x := float64(a)
	switch {
	case math.IsNaN(x) || math.IsNaN(ref):
		if math.IsNaN(x) && math.IsNaN(ref) {
			return 0
		}
		return math.Inf(1)
	case math.IsInf(x, 0) || math.IsInf(ref, 0):
		if a == T(ref) {
			return 0
		}
		return math.Inf(1)
	}
	return math.Abs(x-ref) / ulp[T](ref)
}

// ulp returns the distance between neighbouring numbers of T in
// [2ᵉ, 2ᵉ⁺¹) ∋ |x|, that of the subnormal numbers for x below them.
func ulp[T float32 | float64](x float64) float64 {
	digits, smallest := 52, -1022
	var zero T
	if unsafe.Sizeof(zero) == 4 {
		digits, smallest = 23, -126
	}
	exponent := smallest
	if x != 0 {
		exponent = max(math.Ilogb(x), smallest)
	}
	return math.Ldexp(1, exponent-digits)
}

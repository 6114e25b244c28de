package kernels

import (
	"math"
	"math/rand/v2"
	"testing"
)

// onEveryISA runs a test for both element types on every instruction set; one
// that this machine lacks is a named skip.
func onEveryISA(t *testing.T, test32 func(*testing.T, *Table[float32]), test64 func(*testing.T, *Table[float64])) {
	t.Helper()
	for isa := range numISA {
		t.Run(isa.String(), func(t *testing.T) {
			t32, err := For[float32](isa)
			if err != nil {
				t.Skip(err)
			}
			t64, err := For[float64](isa)
			if err != nil {
				t.Skip(err)
			}
			t.Run("float32", func(t *testing.T) { test32(t, t32) })
			t.Run("float64", func(t *testing.T) { test64(t, t64) })
		})
	}
}

func eps[T Float]() float64 {
	if sizeof[T]() == 4 {
		return 0x1p-23
	}
	return 0x1p-52
}

// random numbers are about as normal ones, and the same on every architecture:
// NormFloat64 of package rand may fuse products into sums.
func random[T Float](rng *rand.Rand, n int) []T {
	s := make([]T, n)
	for i := range s {
		s[i] = T(bell(rng))
	}
	return s
}

// bell is a sum of four uniform numbers, of mean 0 and variance 1.
func bell(rng *rand.Rand) float64 {
	return math.Sqrt(3) * (rng.Float64() + rng.Float64() + rng.Float64() + rng.Float64() - 2)
}

// sum is a float64 dot product with the size of its terms, compensated so that
// it can judge float64 kernels.
type sum struct{ value, carry, size float64 }

func (s *sum) add(a, b float64) {
	p := float64(a * b)
	e := math.FMA(a, b, -p)
	t := s.value + p
	if math.Abs(s.value) >= math.Abs(p) {
		e += (s.value - t) + p
	} else {
		e += (p - t) + s.value
	}
	s.value, s.carry, s.size = t, s.carry+e, s.size+math.Abs(p)
}

func (s *sum) total() float64 { return s.value + s.carry }

// near fails unless got is within steps roundings of the size of the terms.
func near[T Float](t *testing.T, what string, got T, want, size float64, steps int) {
	t.Helper()
	if !isNear(got, want, size, steps) {
		t.Fatalf("%s: got %v, want %v: apart by %.3g, allowed %.3g", what, got, want, math.Abs(float64(got)-want), float64(steps)*eps[T]()*size)
	}
}

func isNear[T Float](got T, want, size float64, steps int) bool {
	return math.Abs(float64(got)-want) <= float64(steps)*eps[T]()*size
}

package kernels

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/inversenet/inversenet/internal/testkit"
)

func TestAllFinite(t *testing.T) {
	onEveryISA(t, testAllFinite[float32], testAllFinite[float64])
}

// testAllFinite puts one number of every kind into every place of slices between guard
// pages, of every length around groups of vectors, and one beyond a call.
func testAllFinite[T Float](t *testing.T, table *Table[T]) {
	rng := rand.New(rand.NewPCG(61, 62))
	lengths := []int{mapBudget*table.lanes + 3*table.lanes + 1}
	for n := range 9*table.lanes + 2 {
		lengths = append(lengths, n)
	}
	for _, n := range lengths {
		for _, atEnd := range []bool{false, true} {
			s := testkit.GuardedSlice[T](t, n, atEnd)
			copy(s, random[T](rng, n))
			step := max(1, n/300)
			testkit.MustNotFault(t, func() {
				if !table.AllFinite(s) {
					t.Fatalf("%d random numbers are not finite", n)
				}
				for i := 0; i < n; i += step {
					before := s[i]
					for _, c := range kinds[T]() {
						if s[i] = c.value; table.AllFinite(s) != c.finite {
							t.Fatalf("%v at %d of %d: finite %v, want %v", c.value, i, n, !c.finite, c.finite)
						}
					}
					s[i] = before
				}
			})
		}
	}
}

type kind[T Float] struct {
	value  T
	finite bool
}

// kinds are encodings at the ends of what is finite, and beyond.
func kinds[T Float]() []kind[T] {
	all := []kind[T]{{T(math.Inf(1)), false}, {T(math.Inf(-1)), false}, {T(math.NaN()), false}, {0, true}, {T(math.Copysign(0, -1)), true}}
	if sizeof[T]() == 4 {
		for bits, finite := range map[uint64]bool{1: true, 0x807FFFFF: true, 0x7F7FFFFF: true, 0xFF7FFFFF: true, 0x7F800001: false, 0xFFFFFFFF: false} {
			all = append(all, kind[T]{encoding[T](bits), finite})
		}
		return all
	}
	for bits, finite := range map[uint64]bool{1: true, 0x800FFFFF_FFFFFFFF: true, 0x7FEFFFFF_FFFFFFFF: true, 0xFFEFFFFF_FFFFFFFF: true,
		0x7FF00000_00000001: false, 0xFFF00000_00000001: false, 0xFFFFFFFF_FFFFFFFF: false} {
		all = append(all, kind[T]{encoding[T](bits), finite})
	}
	return all
}

func TestSameBits(t *testing.T) {
	nan, negativeZero := math.NaN(), math.Copysign(0, -1)
	for _, c := range []struct {
		a, b []float64
		want bool
	}{
		{nil, nil, true},
		{nil, []float64{}, true},
		{[]float64{1, nan}, []float64{1, nan}, true},
		{[]float64{0}, []float64{negativeZero}, false},
		{[]float64{1, 2}, []float64{1}, false},
		{[]float64{1, 2}, []float64{1, math.Nextafter(2, 3)}, false},
	} {
		if got := SameBits(c.a, c.b); got != c.want {
			t.Errorf("SameBits(%v, %v) = %v", c.a, c.b, got)
		}
	}
}

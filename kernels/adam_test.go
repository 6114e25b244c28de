package kernels

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/inversenet/inversenet/internal/testkit"
)

func TestAdam(t *testing.T) {
	onEveryISA(t, testAdam[float32], testAdam[float64])
}

// testAdam wants the bits of the reference on slices between guard pages, of every
// length around whole vectors and one beyond a call, over gradients of all sizes
// and zeros.
func testAdam[T Float](t *testing.T, table *Table[T]) {
	rng := rand.New(rand.NewPCG(3, 4))
	c := AdamCoefficients[T]{Mean: 0.1, Square: 0.001, Rate: 0.003, Eps: 1e-8, Shrink: 1e-5}
	lengths := []int{adamBudget*table.lanes + 2*table.lanes + 1}
	for n := range 2*table.lanes + 2 {
		lengths = append(lengths, n)
	}
	for _, n := range lengths {
		for _, atEnd := range []bool{false, true} {
			x, g, m, v := adamOperands[T](rng, n)
			var got [4][]T
			for k, s := range [][]T{x, g, m, v} {
				got[k] = testkit.GuardedSlice[T](t, n, atEnd)
				copy(got[k], s)
			}
			for range 3 {
				testkit.MustNotFault(t, func() { table.Adam(got[0], got[1], got[2], got[3], c) })
				adamElements(x, g, m, v, c)
			}
			for k, want := range [][]T{x, g, m, v} {
				sameBits(t, fmt.Sprintf("%d elements, operand %d", n, k), got[k], want)
			}
		}
	}
}

// adamOperands are random parameters, gradients, means and mean squares of sizes
// from 1e-20 to 1e10, gradients of zero among them.
func adamOperands[T Float](rng *rand.Rand, n int) (x, g, m, v []T) {
	fill := func() []T {
		s := make([]T, n)
		for i := range s {
			s[i] = T(math.Ldexp(bell(rng), rng.IntN(100)-66))
		}
		return s
	}
	x, g, m, v = fill(), fill(), fill(), fill()
	for i := range v {
		v[i] *= v[i]
		if rng.IntN(5) == 0 {
			g[i] = 0
		}
	}
	return x, g, m, v
}

func sameBits[T Float](t *testing.T, what string, got, want []T) {
	t.Helper()
	for i := range want {
		if g, w := float64(got[i]), float64(want[i]); math.Float64bits(g) != math.Float64bits(w) {
			t.Fatalf("%s: element %d is %v, want %v", what, i, g, w)
		}
	}
}

// Adam is linear in its coefficients: these single out one formula each.
func TestAdamFormulas(t *testing.T) {
	onEveryISA(t, testAdamFormulas[float32], testAdamFormulas[float64])
}

func testAdamFormulas[T Float](t *testing.T, table *Table[T]) {
	for _, c := range []struct {
		name             string
		c                AdamCoefficients[T]
		x, g, m, v       T
		wantX, wantM, wV T
	}{
		{"nothing", AdamCoefficients[T]{Eps: 1}, 3, 5, 7, 4, 3, 7, 4},
		{"mean", AdamCoefficients[T]{Mean: 0.5, Eps: 1}, 3, 5, 7, 4, 3, 6, 4},
		{"square", AdamCoefficients[T]{Square: 0.25, Eps: 1}, 3, 2, 7, 8, 3, 7, 7},
		{"rate", AdamCoefficients[T]{Rate: 0.5, Eps: 1}, 3, 5, 6, 4, 2, 6, 4},
		{"shrink", AdamCoefficients[T]{Shrink: 0.25, Eps: 1}, 4, 5, 6, 4, 3, 6, 4},
		{"zeros", AdamCoefficients[T]{Mean: 0.1, Square: 0.1, Rate: 1, Eps: 1e-30}, 4, 0, 0, 0, 4, 0, 0},
	} {
		n := table.lanes + 1
		fill := func(v T) []T {
			s := make([]T, n)
			for i := range s {
				s[i] = v
			}
			return s
		}
		x, g, m, v := fill(c.x), fill(c.g), fill(c.m), fill(c.v)
		table.Adam(x, g, m, v, c.c)
		sameBits(t, c.name+": x", x, fill(c.wantX))
		sameBits(t, c.name+": g", g, fill(c.g))
		sameBits(t, c.name+": m", m, fill(c.wantM))
		sameBits(t, c.name+": v", v, fill(c.wV))
	}
}

func TestAdamRefusesMisuse(t *testing.T) {
	table := Default[float64]()
	for short := range 4 {
		t.Run([]string{"x", "g", "m", "v"}[short], func(t *testing.T) {
			s := [4][]float64{{1, 1}, {1, 1}, {1, 1}, {1, 1}}
			s[short] = s[short][:1]
			defer func() {
				if recover() == nil || s[0][0] != 1 || s[2][0] != 1 || s[3][0] != 1 {
					t.Errorf("did not panic before it wrote: %v", s)
				}
			}()
			table.Adam(s[0], s[1], s[2], s[3], AdamCoefficients[float64]{Mean: 0.5, Square: 0.5, Rate: 1, Eps: 1})
		})
	}
}

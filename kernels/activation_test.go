package kernels

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/inversenet/inversenet/internal/testkit"
)

func TestActivationNames(t *testing.T) {
	for act := range numActivations {
		if got, err := ParseActivation(act.String()); got != act || err != nil {
			t.Errorf("ParseActivation(%q) = %v, %v", act.String(), got, err)
		}
	}
	if _, err := ParseActivation("gelu"); err == nil {
		t.Error("ParseActivation(gelu) gave no error")
	}
}

// TestActivationDerivatives holds the derivatives of the reference against
// differences of the functions and of the first derivatives.
func TestActivationDerivatives(t *testing.T) {
	for act := range numActivations {
		for _, a := range []float64{-6, -1.3, -0.4, 0.2, 0.9, 3, 7} {
			_, first, second := act.at(a)
			want := testkit.CentralDifference(func(a float64) float64 { y, _, _ := act.at(a); return y }, a, 0.01)
			if math.Abs(first-want) > 1e-10 {
				t.Errorf("%v'(%v) = %v, want %v", act, a, first, want)
			}
			want = testkit.CentralDifference(func(a float64) float64 { _, d, _ := act.at(a); return d }, a, 0.01)
			if math.Abs(second-want) > 1e-10 {
				t.Errorf("%v''(%v) = %v, want %v", act, a, second, want)
			}
		}
	}
}

func TestActivate(t *testing.T) {
	onEveryISA(t, testActivate[float32], testActivate[float64])
}

// smallToSaturated draws an argument between those where an activation is a line and
// those where it is flat.
func smallToSaturated[T Float](rng *rand.Rand) T {
	return T(math.Copysign(math.Ldexp(1+rng.Float64(), rng.IntN(13)-7), rng.Float64()-0.5))
}

// testActivate allows a few roundings of y and x in the residual, and as many of
// the derivatives, also where they vanish; |σ″| is at most 2σ′. Derivatives near
// the end of the range may be taken for zero.
func testActivate[T Float](t *testing.T, table *Table[T]) {
	rng := rand.New(rand.NewPCG(41, 42))
	width := table.Width()
	zero := 0x1p-124
	if sizeof[T]() == 8 {
		zero = 0x1p-1020
	}
	for act := range numActivations {
		for _, rows := range []int{1, 7, mapBudget/2 + 3} {
			for vecs := 1; vecs <= 2; vecs++ {
				a, negX := testkit.GuardedSlice[T](t, rows*width, true), testkit.GuardedSlice[T](t, rows*width, true)
				copy(negX, random[T](rng, len(negX)))
				for i := range a {
					a[i] = smallToSaturated[T](rng)
				}
				d, h := testkit.GuardedSlice[T](t, rows*width, true), testkit.GuardedSlice[T](t, rows*width, true)
				testkit.MustNotFault(t, func() { table.Activate(act, d, h, a, negX, rows, vecs) })
				for i := range a {
					if i%width >= vecs*table.lanes {
						if d[i] != 0 || h[i] != 0 {
							t.Fatalf("%v, %d vectors: row %d, sample %d written, outside the panel's vectors", act, vecs, i/width, i%width)
						}
						continue
					}
					y, first, second := act.at(float64(a[i]))
					r := y + float64(negX[i])
					size := math.Abs(y) + math.Abs(float64(negX[i]))
					if !isNear(d[i], r*first, size*(first+zero/eps[T]()), 8) || !isNear(h[i], first*first+r*second, (first+2*size)*(first+zero/eps[T]()), 8) {
						t.Fatalf("%v, %d rows, %d vectors: row %d, sample %d, σ(%v) + %v: d, h = %v, %v, want %v, %v",
							act, rows, vecs, i/width, i%width, a[i], negX[i], d[i], h[i], r*first, first*first+r*second)
					}
				}
				alone := append([]T(nil), a...)
				testkit.MustNotFault(t, func() { table.Activate(act, alone, nil, alone, negX, rows, vecs) })
				for i := range alone {
					if i%width < vecs*table.lanes && alone[i] != d[i] {
						t.Fatalf("%v: in place and without h: %v, else %v", act, alone[i], d[i])
					}
				}
			}
		}
		name := "Activate " + act.String()
		keepsSamplesApart(t, name, table, 4, func(p [][]T, rows, vecs int) { table.Activate(act, p[0], p[1], p[2], p[3], rows, vecs) })
	}
}

// NaN must stay visible, whatever the derivative at it is taken to be.
func TestActivateKeepsNaN(t *testing.T) {
	onEveryISA(t, testActivateKeepsNaN[float32], testActivateKeepsNaN[float64])
}

func testActivateKeepsNaN[T Float](t *testing.T, table *Table[T]) {
	a, zeros := make([]T, table.Width()), make([]T, table.Width())
	// Payloads that integer arithmetic on the encoding would turn into numbers.
	for i, bits := range []uint64{0x7FF80000_7FC00000, 0xFFF80000_FFC00000, 0x7FF00000_7F800001, 0xFFFFFFFF_FFFFFFFF} {
		a[i] = encoding[T](bits)
	}
	for act := range numActivations {
		d := make([]T, table.Width())
		table.Activate(act, d, nil, a, zeros, 1, 2)
		for i := range 4 {
			if d[i] == d[i] {
				t.Errorf("%v: d = %v for NaN %d", act, d[i], i)
			}
		}
	}
}

func TestActivateRefusesMisuse(t *testing.T) {
	table := Default[float64]()
	panel := func(rows int) []float64 { return make([]float64, rows*table.Width()) }
	for _, c := range []struct {
		name string
		call func()
	}{
		{"activation", func() { table.Activate(numActivations, panel(2), nil, panel(2), panel(2), 2, 2) }},
		{"h", func() { table.Activate(Sigmoid, panel(2), panel(1), panel(2), panel(2), 2, 2) }},
		{"negX", func() { table.Activate(Sigmoid, panel(2), nil, panel(2), panel(1), 2, 2) }},
		{"apply: activation", func() { table.Apply(-1, panel(2), panel(2), 2, 2) }},
		{"apply: a", func() { table.Apply(Tanh, panel(2), panel(1), 2, 2) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("did not panic")
				}
			}()
			c.call()
		})
	}
}

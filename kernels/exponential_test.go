package kernels

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/inversenet/inversenet/internal/portable"
	"github.com/inversenet/inversenet/internal/testkit"
)

// A function is a kernel y = f(x) with what it is held against.
type function[T Float] struct {
	name    string
	call    func(t *Table[T], y, x []T, rows, vecs int)
	f       func(float64) float64       // with all special cases, good enough to judge float32
	precise func(*big.Float) *big.Float // judges float64 where |x| ≤ within and f(x) is finite and not 0
	within  float64
	ulp     float64 // bound on the error in units in the last place
}

func functions[T Float]() []function[T] {
	all := []function[T]{
		{"Exp", (*Table[T]).Exp, portable.Exp, preciseExp, 800, 1},
		{"Log", (*Table[T]).Log, portable.Log, preciseLog, math.MaxFloat64, 1},
		{"Logistic p", func(t *Table[T], y, x []T, rows, vecs int) {
			t.Logistic(y, make([]T, len(y)), x, rows, vecs)
		}, sigmoid, preciseSigmoid, 800, 3},
		{"Logistic tail", func(t *Table[T], y, x []T, rows, vecs int) {
			t.Logistic(make([]T, len(y)), y, x, rows, vecs)
		}, tail, preciseTail, 800, 2.5},
	}
	for act, judge := range [numActivations]struct {
		precise func(*big.Float) *big.Float
		ulp     float64
	}{
		Identity: {nil, 0},
		Sigmoid:  {preciseSigmoid, 3},
		Tanh:     {preciseTanh, 3},
		ReLU:     {nil, 0},
		Softplus: {preciseSoftplus, 2.5},
	} {
		act := Activation(act)
		all = append(all, function[T]{"Apply " + act.String(), func(t *Table[T], y, x []T, rows, vecs int) {
			t.Apply(act, y, x, rows, vecs)
		}, func(x float64) float64 {
			y, _, _ := act.at(x)
			return y
		}, judge.precise, 800, judge.ulp})
	}
	return all
}

// arguments sweeps the part of the line where the functions bend, and adds
// magnitudes around 0 and 1, random encodings and special numbers.
func arguments[T Float]() []T {
	rng := rand.New(rand.NewPCG(21, 22))
	count, reach := 1000, 760.0
	if sizeof[T]() == 4 {
		count, reach = 1<<17, 110
	}
	var x []T
	for i := range count {
		small := math.Copysign(math.Ldexp(1+rng.Float64(), -rng.IntN(60)-1), rng.Float64()-0.5)
		x = append(x, T(reach*float64(2*i-count)/float64(count)), T(40*(rng.Float64()-0.5)), T(small), T(1+small), encoding[T](rng.Uint64()))
	}
	for _, special := range []float64{0, math.Inf(1), math.NaN(), 1, 0x1p-1074, 0x1p-149, 0x1p-1022, 0x1p-126,
		math.MaxFloat32, math.MaxFloat64, math.Ln2 / 2, 88.72283, 88.72284, 87.33654, 103.97, 103.98, 709.782712893384, 709.7827128933841, 745.133, 745.134} {
		x = append(x, T(special), T(-special))
	}
	// A NaN with bits where an exponent might be looked for.
	return append(x, encoding[T](0x7FF00000_7F800001), encoding[T](0xFFF7FFFF_FFFFFFFF))
}

// encoding is the number with the given bits, the lower half of them for float32.
func encoding[T Float](bits uint64) T {
	if sizeof[T]() == 4 {
		return T(math.Float32frombits(uint32(bits)))
	}
	return T(math.Float64frombits(bits))
}

// preciseValues remembers what arguments[float64] give, for the other
// instruction sets.
var preciseValues = map[string][][2]float64{}

// values gives f of all arguments as sums of two float64.
func (c function[T]) values(x []T) [][2]float64 {
	if known := preciseValues[c.name]; known != nil && sizeof[T]() == 8 {
		return known
	}
	all := make([][2]float64, len(x))
	for i, v := range x {
		y := c.f(float64(v))
		all[i] = [2]float64{y, 0}
		if sizeof[T]() == 8 && c.precise != nil && math.Abs(float64(v)) <= c.within && !math.IsInf(y, 0) && !math.IsNaN(y) && y != 0 && y != float64(v) {
			all[i][0], all[i][1] = twofold(c.precise(precise(float64(v))))
		}
	}
	if sizeof[T]() == 8 {
		preciseValues[c.name] = all
	}
	return all
}

func TestFunctions(t *testing.T) {
	onEveryISA(t, testFunctions[float32], testFunctions[float64])
}

// testFunctions bounds the error of each function over all arguments, the special
// ones included: where the result is NaN, infinite or zero it has to be that.
func testFunctions[T Float](t *testing.T, table *Table[T]) {
	x := arguments[T]()
	rows := (len(x) + table.Width() - 1) / table.Width()
	panel := make([]T, rows*table.Width())
	copy(panel, x)
	for _, c := range functions[T]() {
		y := make([]T, len(panel))
		c.call(table, y, panel, rows, 2)
		worst, where := 0.0, 0
		for i, want := range c.values(x) {
			if diff := ulpError(y[i], want[0], want[1]); diff > worst {
				worst, where = diff, i
			}
		}
		t.Logf("%s: at most %.3f ulp", c.name, worst)
		allowed := c.ulp
		if worst > allowed {
			t.Errorf("%s(%v) = %v, want %v: %.3f ulp apart, allowed %v", c.name, x[where], y[where], c.values(x)[where][0], worst, allowed)
		}
	}
}

func TestFunctionsStayInTheirLanes(t *testing.T) {
	onEveryISA(t, testFunctionsStayInTheirLanes[float32], testFunctionsStayInTheirLanes[float64])
}

// testFunctionsStayInTheirLanes: samples do not depend on each other, on the
// width of the panel or on the call they are in, and nothing else is touched.
func testFunctionsStayInTheirLanes[T Float](t *testing.T, table *Table[T]) {
	width := table.Width()
	for _, c := range functions[T]() {
		keepsSamplesApart(t, c.name, table, 2, func(p [][]T, rows, vecs int) { c.call(table, p[0], p[1], rows, vecs) })

		rows := mapBudget/2 + 3
		x := testkit.GuardedSlice[T](t, rows*width, true)
		copy(x, random[T](rand.New(rand.NewPCG(23, 24)), len(x)))
		full, half := make([]T, len(x)), make([]T, len(x))
		for i := range x {
			x[i] = T(math.Abs(float64(x[i]))) // for the logarithm
		}
		testkit.MustNotFault(t, func() {
			c.call(table, full, x, rows, 2)
			c.call(table, half, x, rows, 1)
			for r := range rows {
				row := make([]T, width)
				c.call(table, row, x[r*width:], 1, 2)
				for n := range width {
					where := fmt.Sprintf("%s: row %d, sample %d", c.name, r, n)
					if row[n] != full[r*width+n] {
						t.Fatalf("%s: %v alone, %v among others", where, row[n], full[r*width+n])
					}
					if want := full[r*width+n]; n < table.lanes && half[r*width+n] != want {
						t.Fatalf("%s: %v in half a panel, %v in a full one", where, half[r*width+n], want)
					}
					if n >= table.lanes && half[r*width+n] != 0 {
						t.Fatalf("%s: written, outside the panel's vectors", where)
					}
				}
			}
		})
	}
}

package kernels

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/inversenet/inversenet/internal/testkit"
)

// A mapCase calls one operation on panels and says, in twice float64, what each
// element becomes from its own row and sample.
type mapCase[T Float] struct {
	name   string
	panels int // panels that are passed, the first written panels first
	writes int // how many of them are written
	call   func(t *Table[T], p [][]T, rows, vecs int)
	want   func(p []float64, row int) (values []twofoldSum, sizes []float64)
	steps  int // roundings of the size that the result may be off
}

const scalar = -0.37

func lowerBound[T Float](r int) T { return T(float64(-50-r%7) / 100) }

// bounds of row r, for the gates.
func boundsOf[T Float](rows int) (lo, hi []T) {
	for r := range rows {
		lo, hi = append(lo, lowerBound[T](r)), append(hi, T(0.7))
	}
	return lo, hi
}

func mapCases[T Float]() []mapCase[T] {
	c := float64(T(scalar))
	one := func(value twofoldSum, size float64) ([]twofoldSum, []float64) {
		return []twofoldSum{value}, []float64{size}
	}
	extrapolated := func(z, last float64) ([]twofoldSum, []float64) {
		return one(twoSum(z, -last).times(c).plus(exactly(z)), math.Abs(z)+math.Abs(c*z)+math.Abs(c*last))
	}
	gate := func(name string, prox Prox, open func(z float64, r int) bool) mapCase[T] {
		return mapCase[T]{name, 3, 2,
			func(t *Table[T], p [][]T, rows, vecs int) {
				lo, hi := boundsOf[T](rows)
				t.Gate(p[0], p[1], p[2], rows, vecs, scalar, prox, lo, hi)
			},
			func(p []float64, r int) ([]twofoldSum, []float64) {
				if !open(p[2], r) {
					return make([]twofoldSum, 2), make([]float64, 2)
				}
				return []twofoldSum{exactly(p[0]), twoProduct(c, p[0])}, []float64{0, math.Abs(c * p[0])}
			}, 1}
	}
	return []mapCase[T]{
		{"AddScaled", 2, 1,
			func(t *Table[T], p [][]T, rows, vecs int) { t.AddScaled(p[0], scalar, p[1], rows, vecs) },
			func(p []float64, _ int) ([]twofoldSum, []float64) {
				return one(twoProduct(c, p[1]).plus(exactly(p[0])), math.Abs(p[0])+math.Abs(c*p[1]))
			}, 2},
		{"Multiply", 3, 1,
			func(t *Table[T], p [][]T, rows, vecs int) { t.Multiply(p[0], p[1], p[2], rows, vecs) },
			func(p []float64, _ int) ([]twofoldSum, []float64) {
				return one(twoProduct(p[1], p[2]), math.Abs(p[1]*p[2]))
			}, 1},
		{"Multiply in place", 2, 1,
			func(t *Table[T], p [][]T, rows, vecs int) { t.Multiply(p[0], p[1], p[0], rows, vecs) },
			func(p []float64, _ int) ([]twofoldSum, []float64) {
				return one(twoProduct(p[0], p[1]), math.Abs(p[0]*p[1]))
			}, 1},
		{"Extrapolate", 3, 1,
			func(t *Table[T], p [][]T, rows, vecs int) { t.Extrapolate(p[0], p[1], p[2], scalar, rows, vecs) },
			func(p []float64, _ int) ([]twofoldSum, []float64) { return extrapolated(p[1], p[2]) }, 3},
		{"Extrapolate over last", 2, 1,
			func(t *Table[T], p [][]T, rows, vecs int) { t.Extrapolate(p[0], p[1], p[0], scalar, rows, vecs) },
			func(p []float64, _ int) ([]twofoldSum, []float64) { return extrapolated(p[1], p[0]) }, 3},
		gate("Gate none", ProxNone, func(float64, int) bool { return true }),
		gate("Gate clamp", ProxClamp, func(z float64, r int) bool {
			return z > float64(lowerBound[T](r)) && z < float64(T(0.7))
		}),
		gate("Gate shrink", ProxShrink, func(z float64, _ int) bool { return z != 0 }),
	}
}

func TestMaps(t *testing.T) {
	onEveryISA(t, testMaps[float32], testMaps[float64])
}

// testMaps holds every map against its formula on panels that end at a guard
// page, with a row count beyond one assembly call among them.
func testMaps[T Float](t *testing.T, table *Table[T]) {
	rng := rand.New(rand.NewPCG(11, 12))
	for _, c := range mapCases[T]() {
		for _, rows := range []int{1, 2, 7, mapBudget/2 + 3} {
			for vecs := 1; vecs <= 2; vecs++ {
				name := fmt.Sprintf("%s, %d rows, %d vectors", c.name, rows, vecs)
				before, after := c.run(t, rng, table, rows, vecs)
				c.check(t, name, table, before, after, vecs)
			}
		}
	}
}

// run calls the operation on random panels, with exact zeros and bounds among
// them, and returns what they held before and after.
func (c mapCase[T]) run(t *testing.T, rng *rand.Rand, table *Table[T], rows, vecs int) (before, after [][]T) {
	for range c.panels {
		p := random[T](rng, rows*table.Width())
		for i := range p {
			switch rng.IntN(8) {
			case 0:
				p[i] = 0
			case 1:
				p[i] = 0.7
			}
		}
		guarded := testkit.GuardedSlice[T](t, len(p), true)
		copy(guarded, p)
		before, after = append(before, p), append(after, guarded)
	}
	testkit.MustNotFault(t, func() { c.call(table, after, rows, vecs) })
	return before, after
}

func (c mapCase[T]) check(t *testing.T, name string, table *Table[T], before, after [][]T, vecs int) {
	t.Helper()
	width := table.Width()
	in := make([]float64, c.panels)
	for i := range before[0] {
		for k, p := range before {
			in[k] = float64(p[i])
		}
		want, sizes := c.want(in, i/width)
		for k := range after {
			inside := k < c.writes && i%width < vecs*table.lanes
			if inside && !(inSteps(after[k][i], want[k], sizes[k]) <= float64(c.steps)) || !inside && after[k][i] != before[k][i] {
				t.Fatalf("%s: panel %d, row %d, sample %d became %v from %v, to be written: %v", name, k, i/width, i%width, after[k][i], before[k][i], inside)
			}
		}
	}
}

func TestMapsKeepSamplesApart(t *testing.T) {
	onEveryISA(t, testMapsKeepSamplesApart[float32], testMapsKeepSamplesApart[float64])
}

func testMapsKeepSamplesApart[T Float](t *testing.T, table *Table[T]) {
	for _, c := range mapCases[T]() {
		keepsSamplesApart(t, c.name, table, c.panels, func(p [][]T, rows, vecs int) { c.call(table, p, rows, vecs) })
	}
}

// keepsSamplesApart runs an operation on random panels twice, the second time
// with NaN, infinities, a denormal and a huge number in one sample, and fails if
// a bit of another sample differs.
func keepsSamplesApart[T Float](t *testing.T, name string, table *Table[T], panels int, call func(p [][]T, rows, vecs int)) {
	t.Helper()
	const rows, victim = 6, 3
	width := table.Width()
	rng := rand.New(rand.NewPCG(13, 14))
	clean, dirty := make([][]T, panels), make([][]T, panels)
	for k := range clean {
		clean[k] = random[T](rng, rows*width)
		dirty[k] = append([]T(nil), clean[k]...)
		for r, poison := range []float64{math.NaN(), math.Inf(1), math.Inf(-1), 1e-310, math.MaxFloat32, 1e-42} {
			dirty[k][(r+k)%rows*width+victim] = T(poison)
		}
	}
	call(clean, rows, 2)
	call(dirty, rows, 2)
	for k := range clean {
		for i := range clean[k] {
			if got, want := float64(dirty[k][i]), float64(clean[k][i]); i%width != victim && math.Float64bits(got) != math.Float64bits(want) {
				t.Fatalf("%s: panel %d, row %d, sample %d changed from %v to %v", name, k, i/width, i%width, want, got)
			}
		}
	}
}

func TestDotRows(t *testing.T) {
	onEveryISA(t, testDotRows[float32], testDotRows[float64])
}

func testDotRows[T Float](t *testing.T, table *Table[T]) {
	rng := rand.New(rand.NewPCG(15, 16))
	width := table.Width()
	for _, rows := range []int{1, 2, 9, mapBudget/2 + 3} {
		for vecs := 1; vecs <= 2; vecs++ {
			a, b := random[T](rng, rows*width), random[T](rng, rows*width)
			before := random[T](rng, width)
			got := testkit.GuardedSlice[T](t, width, true)
			copy(got, before)
			testkit.MustNotFault(t, func() { table.DotRows(got, a, b, rows, vecs) })
			for n := range width {
				var s sum
				s.add(float64(before[n]), 1)
				for r := 0; r < rows && n < vecs*table.lanes; r++ {
					s.add(float64(a[r*width+n]), float64(b[r*width+n]))
				}
				near(t, fmt.Sprintf("%d rows, %d vectors: sample %d", rows, vecs, n), got[n], s.total(), s.size, rows+1)
			}
		}
	}
	keepsSamplesApart(t, "DotRows", table, 3, func(p [][]T, rows, vecs int) { table.DotRows(p[0], p[1], p[2], rows, vecs) })
}

func TestRowSums(t *testing.T) {
	onEveryISA(t, testRowSums[float32], testRowSums[float64])
}

// testRowSums fills the lanes beyond the samples with NaN, which must not count.
func testRowSums[T Float](t *testing.T, table *Table[T]) {
	rng := rand.New(rand.NewPCG(17, 18))
	width := table.Width()
	for samples := 1; samples <= width; samples++ {
		for _, rows := range []int{1, 5, mapBudget/2 + 3} {
			panel := testkit.GuardedSlice[T](t, rows*width, true)
			copy(panel, random[T](rng, rows*width))
			before := random[T](rng, rows)
			got := append([]T(nil), before...)
			for i := range panel {
				if i%width >= samples {
					panel[i] = T(math.NaN())
				}
			}
			testkit.MustNotFault(t, func() { table.RowSums(got, panel, rows, samples) })
			for r := range rows {
				var s sum
				s.add(float64(before[r]), 1)
				for _, v := range panel[r*width : r*width+samples] {
					s.add(float64(v), 1)
				}
				near(t, fmt.Sprintf("%d samples: row %d of %d", samples, r, rows), got[r], s.total(), s.size, 6)
			}
		}
	}
}

func TestMapsRefuseMisuse(t *testing.T) {
	table := Default[float64]()
	panel := func(rows int) []float64 { return make([]float64, rows*table.Width()) }
	for _, c := range []struct {
		name string
		call func()
	}{
		{"AddScaled: vectors", func() { table.AddScaled(panel(2), 1, panel(2), 2, 3) }},
		{"AddScaled: src", func() { table.AddScaled(panel(2), 1, panel(1), 2, 2) }},
		{"Multiply: b", func() { table.Multiply(panel(2), panel(2), panel(1), 2, 2) }},
		{"Extrapolate: dst", func() { table.Extrapolate(panel(1), panel(2), panel(2), 1, 2, 2) }},
		{"Gate: z", func() { table.Gate(panel(2), panel(2), nil, 2, 2, 1, ProxShrink, nil, nil) }},
		{"Gate: bounds", func() { table.Gate(panel(2), panel(2), panel(2), 2, 2, 1, ProxClamp, panel(1)[:1], panel(1)) }},
		{"DotRows: acc", func() { table.DotRows(panel(0), panel(2), panel(2), 2, 2) }},
		{"WeightedDistance: scale", func() { table.WeightedDistance(panel(1), panel(2), panel(2), make([]float64, 1), 2, 2) }},
		{"WeightedDistance: acc", func() { table.WeightedDistance(nil, panel(2), panel(2), make([]float64, 2), 2, 2) }},
		{"RowSums: samples", func() { table.RowSums(panel(1), panel(2), 2, table.Width()+1) }},
		{"RowSums: dst", func() { table.RowSums(make([]float64, 1), panel(2), 2, 1) }},
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

package kernels

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

func TestProduct(t *testing.T) {
	onEveryISA(t, testProduct[float32], testProduct[float64])
}

// testProduct compares with a sum over depth in float64, for all row counts up
// to two tiles and one, every epilogue, full and half panels.
func testProduct[T Float](t *testing.T, table *Table[T]) {
	rng := rand.New(rand.NewPCG(1, 2))
	for rows := 1; rows <= 3*table.tile+1; rows++ {
		for _, depth := range []int{1, 2, 3, 7, 10, 33, 64} {
			for vecs := 1; vecs <= 2; vecs++ {
				for _, c := range epilogues {
					p := newProduct(rng, table, rows, depth, vecs, c)
					p.check(t, fmt.Sprintf("%d×%d, %d vectors, %+v", rows, depth, vecs, c))
				}
			}
		}
	}
}

type epilogueCase struct {
	init, base bool
	prox       Prox
}

var epilogues = []epilogueCase{
	{},
	{init: true},
	{base: true},
	{init: true, base: true},
	{base: true, prox: ProxClamp},
	{init: true, base: true, prox: ProxShrink},
}

// product is one random product with its operands.
type product[T Float] struct {
	table       *Table[T]
	rows, depth int
	vecs        int
	a, b, init  []T
	w           *Weights[T]
	e           Epilogue[T]
}

func newProduct[T Float](rng *rand.Rand, table *Table[T], rows, depth, vecs int, c epilogueCase) *product[T] {
	p := &product[T]{table: table, rows: rows, depth: depth, vecs: vecs}
	panel := rows * table.Width()
	p.a, p.b = random[T](rng, rows*depth), random[T](rng, depth*table.Width())
	p.w = table.NewWeights(rows, depth)
	p.w.Pack(p.a, depth)
	if c.init {
		p.init = random[T](rng, panel)
	}
	if c.base {
		p.e = Epilogue[T]{Base: random[T](rng, panel), Scale: T(bell(rng)), Prox: c.prox}
	}
	if c.prox != ProxNone {
		p.e.Lo, p.e.Hi = random[T](rng, rows), random[T](rng, rows)
		for i, lo := range p.e.Lo {
			p.e.Lo[i], p.e.Hi[i] = min(lo, p.e.Hi[i]), max(lo, p.e.Hi[i])
		}
	}
	return p
}

func (p *product[T]) check(t *testing.T, name string) {
	t.Helper()
	width := p.table.Width()
	const untouched = 12345
	out := make([]T, p.rows*width)
	for i := range out {
		out[i] = untouched
	}
	p.table.Product(out, p.w, p.b, p.vecs, p.init, p.e)
	for r := range p.rows {
		for n := range width {
			got := out[r*width+n]
			if n >= p.vecs*p.table.lanes {
				if got != untouched {
					t.Fatalf("%s: wrote row %d, lane %d, outside the panel's vectors", name, r, n)
				}
				continue
			}
			want, size := p.want(r, n)
			near(t, fmt.Sprintf("%s: row %d, sample %d", name, r, n), got, want, size, p.depth+4)
		}
	}
}

// want is the specification in float64, with the size of its terms.
func (p *product[T]) want(r, n int) (value, size float64) {
	width := p.table.Width()
	var s sum
	if p.init != nil {
		s.add(float64(p.init[r*width+n]), 1)
	}
	for d := range p.depth {
		s.add(float64(p.a[r*p.depth+d]), float64(p.b[d*width+n]))
	}
	v, size := s.total(), s.size
	if p.e.Base == nil {
		return v, size
	}
	base, scale := float64(p.e.Base[r*width+n]), float64(p.e.Scale)
	v, size = base+scale*v, math.Abs(base)+math.Abs(scale)*size
	if p.e.Prox == ProxNone {
		return v, size
	}
	clamped := min(max(v, float64(p.e.Lo[r])), float64(p.e.Hi[r]))
	if p.e.Prox == ProxShrink {
		return v - clamped, size + math.Abs(clamped)
	}
	return clamped, size
}

func TestProductDeep(t *testing.T) {
	onEveryISA(t, testProductDeep[float32], testProductDeep[float64])
}

// testProductDeep crosses the budget of one call, where the depth is cut.
func testProductDeep[T Float](t *testing.T, table *Table[T]) {
	rng := rand.New(rand.NewPCG(3, 4))
	depth := callBudget/(2*table.tile) + 5
	for _, c := range epilogues {
		newProduct(rng, table, table.tile, depth, 2, c).check(t, fmt.Sprintf("depth %d, %+v", depth, c))
	}
}

func TestPackTransposed(t *testing.T) {
	onEveryISA(t, testPackTransposed[float32], testPackTransposed[float64])
}

func testPackTransposed[T Float](t *testing.T, table *Table[T]) {
	const rows, depth, stride = 17, 5, 19
	rng := rand.New(rand.NewPCG(5, 6))
	at := random[T](rng, depth*stride) // depth × rows
	a := make([]T, rows*depth)
	for r := range rows {
		for d := range depth {
			a[r*depth+d] = at[d*stride+r]
		}
	}
	want, got := table.NewWeights(rows, depth), table.NewWeights(rows, depth)
	want.Pack(a, depth)
	got.PackTransposed(at[:(depth-1)*stride+rows], stride)
	for i := range want.data {
		if got.data[i] != want.data[i] {
			t.Fatalf("element %d: got %v, want %v", i, got.data[i], want.data[i])
		}
	}
}

func TestProductRefusesShortPanels(t *testing.T) {
	table := Default[float64]()
	w := table.NewWeights(3, 2)
	panel := func(rows int) []float64 { return make([]float64, rows*table.Width()) }
	for _, c := range []struct {
		name string
		call func()
	}{
		{"out", func() { table.Product(panel(2), w, panel(2), 2, nil, Epilogue[float64]{}) }},
		{"b", func() { table.Product(panel(3), w, panel(1), 2, nil, Epilogue[float64]{}) }},
		{"init", func() { table.Product(panel(3), w, panel(2), 2, panel(2), Epilogue[float64]{}) }},
		{"base", func() { table.Product(panel(3), w, panel(2), 2, nil, Epilogue[float64]{Base: panel(2)}) }},
		{"bounds", func() {
			table.Product(panel(3), w, panel(2), 2, nil, Epilogue[float64]{Base: panel(3), Prox: ProxClamp, Lo: make([]float64, 2), Hi: make([]float64, 3)})
		}},
		{"vectors", func() { table.Product(panel(3), w, panel(2), 3, nil, Epilogue[float64]{}) }},
		{"prox without base", func() { table.Product(panel(3), w, panel(2), 2, nil, Epilogue[float64]{Prox: ProxClamp}) }},
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

// A sample's result must not depend on its neighbours, whatever they hold.
func TestProductKeepsSamplesApart(t *testing.T) {
	onEveryISA(t, testProductKeepsSamplesApart[float32], testProductKeepsSamplesApart[float64])
}

func testProductKeepsSamplesApart[T Float](t *testing.T, table *Table[T]) {
	rng := rand.New(rand.NewPCG(7, 8))
	for _, c := range epilogues {
		p := newProduct(rng, table, 11, 9, 2, c)
		width := table.Width()
		clean, dirty := make([]T, p.rows*width), make([]T, p.rows*width)
		table.Product(clean, p.w, p.b, 2, p.init, p.e)
		const victim = 3
		for i, poison := range []float64{math.NaN(), math.Inf(1), math.Inf(-1), 1e-310, math.MaxFloat32} {
			p.b[i*width+victim] = T(poison)
		}
		table.Product(dirty, p.w, p.b, 2, p.init, p.e)
		for i := range clean {
			if i%width != victim && dirty[i] != clean[i] {
				t.Fatalf("%+v: sample %d of row %d changed from %v to %v", c, i%width, i/width, clean[i], dirty[i])
			}
		}
		if !math.IsNaN(float64(dirty[victim])) {
			t.Fatalf("%+v: the poisoned sample is %v, want NaN to stay visible", c, dirty[victim])
		}
	}
}

// Where the depth is cut must not show in the bits.
func TestProductCutsKeepTheBits(t *testing.T) {
	onEveryISA(t, testProductCuts[float32], testProductCuts[float64])
}

func testProductCuts[T Float](t *testing.T, table *Table[T]) {
	rng := rand.New(rand.NewPCG(5, 4))
	for _, rows := range []int{1, table.tile} {
		for vecs := 1; vecs <= 2; vecs++ {
			depth := 2*deepest(rows, vecs) + 5
			p := newProduct(rng, table, rows, depth, vecs, epilogueCase{init: true, base: true, prox: ProxShrink})
			cut, whole := make([]T, rows*table.Width()), make([]T, rows*table.Width())
			table.Product(cut, p.w, p.b, vecs, p.init, p.e)
			table.product[vecs-1][rows](&whole[0], &p.e.Base[0], &p.init[0], &p.w.data[0], &p.b[0], p.e.Scale, &p.e.Lo[0], &p.e.Hi[0], int(p.e.Prox), 1, depth)
			sameBits(t, fmt.Sprintf("%d×%d, %d vectors", rows, depth, vecs), cut, whole)
		}
	}
}

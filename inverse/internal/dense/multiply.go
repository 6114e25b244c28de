package dense

import (
	"fmt"
	"runtime"

	"github.com/inversenet/inversenet/inverse/internal/team"
	"github.com/inversenet/inversenet/kernels"
)

// A Pool multiplies matrices on one dispatch table and some goroutines. It is for
// one caller at a time.
type Pool struct {
	table   *kernels.Table[float64]
	team    *team.Team
	factors []*Factor // one for each shape, for products whose left factor is not kept
	product product
}

// product is the work in progress: packing a, or dst = init + factor·b.
type product struct {
	factor       *Factor
	a            *Matrix // to be packed, nil when multiplying
	transposed   bool
	dst, b, init *Matrix
	symmetric    bool // what is above the diagonal is left out
}

// NewPool returns an empty pool that works on so many goroutines, but no more than
// can run at once.
func NewPool(t *kernels.Table[float64], threads int) *Pool {
	p := &Pool{table: t}
	p.team = team.New(min(threads, runtime.GOMAXPROCS(0)), func(_, job int) { p.work(job) })
	return p
}

// wide is what a multiply-add in float64 counts for beside one in float32.
const wide = 2

// blockRows is how many rows of a left factor are packed together: a block stays
// in the second-level cache for all panels of the right one.
const blockRows = 48

// A Factor is a matrix packed to be the left factor of products, in blocks of rows.
type Factor struct {
	rows, depth int
	blocks      []*kernels.Weights[float64]
	starts      []int // the first row of each block, and the end
}

// NewFactor returns a factor of the given shape.
func (p *Pool) NewFactor(rows, depth int) *Factor {
	f := &Factor{rows: rows, depth: depth, starts: []int{0}}
	n := (rows + blockRows - 1) / blockRows
	for i := range n {
		end := (i + 1) * rows / n
		f.blocks = append(f.blocks, p.table.NewWeights(end-f.starts[i], depth))
		f.starts = append(f.starts, end)
	}
	return f
}

// Pack sets the factor to a, or to aᵀ, which is faster to pack.
func (p *Pool) Pack(f *Factor, a *Matrix, transposed bool) {
	rows, depth := a.Rows, a.Cols
	if transposed {
		rows, depth = depth, rows
	}
	if rows != f.rows || depth != f.depth {
		panic(fmt.Sprintf("dense: a factor of %d×%d, got %d×%d", f.rows, f.depth, rows, depth))
	}
	const dear = 8 // moving an element takes as long as some multiply-adds
	p.product = product{factor: f, a: a, transposed: transposed}
	p.team.Do(len(f.blocks), dear*float64(rows)*float64(depth))
}

// Multiply sets dst = init + f·b; a nil init is zero. dst may be init and must not
// be b.
func (p *Pool) Multiply(dst *Matrix, f *Factor, b, init *Matrix) { p.multiply(dst, f, b, init, false) }

// MultiplySymmetric is Multiply for a result that is known to be symmetric: half of
// it is computed, the other half copied.
func (p *Pool) MultiplySymmetric(dst *Matrix, f *Factor, b, init *Matrix) {
	p.multiply(dst, f, b, init, true)
	p.mirror(dst)
}

func (p *Pool) multiply(dst *Matrix, f *Factor, b, init *Matrix, symmetric bool) {
	if f.depth != b.Rows || dst.Rows != f.rows || dst.Cols != b.Cols || init != nil && (init.Rows != f.rows || init.Cols != b.Cols) {
		panic(fmt.Sprintf("dense: %d×%d = %d×%d · %d×%d", dst.Rows, dst.Cols, f.rows, f.depth, b.Rows, b.Cols))
	}
	work := wide * float64(f.rows) * float64(f.depth) * float64(b.Cols)
	if symmetric {
		work /= 2
	}
	p.product = product{factor: f, dst: dst, b: b, init: init, symmetric: symmetric}
	p.team.Do(len(f.blocks)*dst.panels(), work)
}

// Mul sets dst = init + a·b, with aᵀ in place of a when transposed.
func (p *Pool) Mul(dst, a *Matrix, transposed bool, b, init *Matrix) {
	p.Multiply(dst, p.packed(a, transposed), b, init)
}

// MulSymmetric is Mul for a result that is known to be symmetric.
func (p *Pool) MulSymmetric(dst, a *Matrix, transposed bool, b, init *Matrix) {
	p.MultiplySymmetric(dst, p.packed(a, transposed), b, init)
}

// packed is a factor of the pool's own.
func (p *Pool) packed(a *Matrix, transposed bool) *Factor {
	rows, depth := a.Rows, a.Cols
	if transposed {
		rows, depth = depth, rows
	}
	for _, f := range p.factors {
		if f.rows == rows && f.depth == depth {
			p.Pack(f, a, transposed)
			return f
		}
	}
	f := p.NewFactor(rows, depth)
	p.factors = append(p.factors, f)
	p.Pack(f, a, transposed)
	return f
}

// work does one job: packs a block, or multiplies it with a panel.
func (p *Pool) work(job int) {
	c := &p.product
	if c.a != nil {
		c.factor.blocks[job].PackPanels(c.a.data, c.a.Rows, c.a.width, c.factor.starts[job], c.transposed)
		return
	}
	panels := c.dst.panels()
	block, panel := job/panels, job%panels
	start := c.factor.starts[block]
	if c.symmetric && c.factor.starts[block+1] <= panel*c.dst.width {
		return
	}
	var init []float64
	if c.init != nil {
		init = c.init.panel(panel, start)
	}
	vecs := p.table.Vectors(min(c.dst.width, c.dst.Cols-panel*c.dst.width))
	p.table.Product(c.dst.panel(panel, start), c.factor.blocks[block], c.b.panel(panel, 0), vecs, init, kernels.Epilogue[float64]{})
}

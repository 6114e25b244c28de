package kernels

import "fmt"

// A Prox is the shape of the map that ends a product. Its bounds are given for
// each row; l and h stand for row k's.
type Prox int

const (
	// ProxNone: v.
	ProxNone Prox = iota
	// ProxClamp: min(max(v, l), h). A box; with l = 0 and h = +Inf, the
	// non-negative latents.
	ProxClamp
	// ProxShrink: v − min(max(v, l), h). With −l = h = t, the soft threshold
	// sign(v)·max(|v|−t, 0); with l = −Inf and h = t its non-negative form.
	ProxShrink
)

// ApplyProx is the prox of one value, with the bounds of its row. NaN stays NaN.
func ApplyProx[T Float](prox Prox, v, lo, hi T) T {
	if prox == ProxNone {
		return v
	}
	c := v
	if c < lo {
		c = lo
	}
	if c > hi {
		c = hi
	}
	if prox == ProxShrink {
		return v - c
	}
	return c
}

// An Epilogue is what [Table.Product] does to a finished sum v.
//
// The zero value stores v. With a Base it stores prox(Base + Scale·v), where
// Base is a panel like the output. Lo and Hi have one bound for each row and are
// read only when Prox is not [ProxNone].
type Epilogue[T Float] struct {
	Base   []T
	Scale  T
	Prox   Prox
	Lo, Hi []T
}

// callBudget bounds the vector multiply-adds of one assembly call: at one a
// cycle some 40 µs, in which the runtime cannot stop the goroutine.
const callBudget = 1 << 17

// Product computes, on the first vecs vectors of each panel row,
//
//	out = prox(base + scale·(init + W·B))
//
// where B is a panel of depth rows, and out, init and the epilogue's base are
// panels of W's rows. A nil init is zero. The sum runs over depth in order.
//
// out may be the same slice as init; it must not overlap B or the base. Product
// panics, before it writes, when a panel or a bound is too short or vecs is not
// 1 or 2.
func (t *Table[T]) Product(out []T, w *Weights[T], b []T, vecs int, init []T, e Epilogue[T]) {
	t.checkProduct(out, w, b, vecs, init, e)
	raceProduct(t, out, w, b, init, e)
	c := call[T]{table: t, weights: w, out: out, b: b, vecs: vecs, init: init, Epilogue: e}
	if s := w.split; s.big > 0 {
		c.run(0, s.rows+1, s.big)
		c.run(s.big*(s.rows+1), s.rows, s.small)
	} else {
		c.run(0, s.rows, s.small)
	}
}

// call is a product on its way through the kernels.
type call[T Float] struct {
	table        *Table[T]
	weights      *Weights[T]
	out, b, init []T
	vecs         int
	Epilogue[T]
}

// run multiplies a run of equal tiles in calls that stay within the budget.
func (c *call[T]) run(row, tileRows, tiles int) {
	depth := c.weights.depth
	most := callBudget / (tileRows * c.vecs)
	if depth > most {
		for range tiles {
			c.deep(row, tileRows, most)
			row += tileRows
		}
		return
	}
	step := most / depth
	for tiles > 0 {
		n := min(step, tiles)
		c.kernel(row, tileRows, n, 0, depth, c.init, true)
		row += n * tileRows
		tiles -= n
	}
}

// deep multiplies one tile whose depth exceeds the budget: partial sums wait in
// out, the epilogue comes with the last part.
func (c *call[T]) deep(row, tileRows, most int) {
	depth, init := c.weights.depth, c.init
	for d := 0; d < depth; d += most {
		n := min(most, depth-d)
		c.kernel(row, tileRows, 1, d, n, init, d+n == depth)
		init = c.out
	}
}

// kernel makes one call for depth rows of B, starting at d.
func (c *call[T]) kernel(row, tileRows, tiles, d, depth int, init []T, last bool) {
	width := c.table.Width()
	a := c.weights.data[row*c.weights.depth+d*tileRows:]
	at := row * width
	var base, lo, hi *T
	if last && c.Base != nil {
		base = &c.Base[at]
		if c.Prox != ProxNone {
			lo, hi = &c.Lo[row], &c.Hi[row]
		}
	}
	var start *T
	if init != nil {
		start = &init[at]
	}
	c.table.product[c.vecs-1][tileRows](&c.out[at], base, start, &a[0], &c.b[d*width],
		c.Scale, lo, hi, int(c.Prox), tiles, depth)
}

func (t *Table[T]) checkProduct(out []T, w *Weights[T], b []T, vecs int, init []T, e Epilogue[T]) {
	rows, depth, width := w.rows, w.depth, t.Width()
	if w.split != evenSplit(rows, t.Tile) {
		panic(fmt.Sprintf("kernels: weights %d×%d were packed for another table than %v", rows, depth, t.ISA))
	}
	if vecs != 1 && vecs != 2 {
		panic(fmt.Sprintf("kernels: %d vectors per panel row, want 1 or 2", vecs))
	}
	checkPanel("out", out, rows, width)
	checkPanel("b", b, depth, width)
	if init != nil {
		checkPanel("init", init, rows, width)
	}
	if e.Base == nil {
		if e.Prox != ProxNone {
			panic("kernels: a prox needs a base")
		}
		return
	}
	checkPanel("base", e.Base, rows, width)
	if e.Prox != ProxNone && (len(e.Lo) < rows || len(e.Hi) < rows) {
		panic(fmt.Sprintf("kernels: %d rows need as many bounds, got %d and %d", rows, len(e.Lo), len(e.Hi)))
	}
}

func checkPanel[T Float](name string, p []T, rows, width int) {
	if len(p) < rows*width {
		panic(fmt.Sprintf("kernels: panel %s of %d rows × %d samples needs %d elements, got %d", name, rows, width, rows*width, len(p)))
	}
}

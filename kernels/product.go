package kernels

import (
	"fmt"
	"unsafe"
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

// callBudget bounds the work of one assembly call, in which the runtime cannot
// stop the goroutine: at one vector multiply-add a cycle some 40 µs.
const callBudget = 1 << 17

// tileCost is the work of one register tile in vector multiply-adds. A tile of few
// rows waits for its vectors of B, and a shallow one for its rows of the output,
// so each counts for what it takes when it comes from memory.
func tileCost(rows, vecs, depth int) int {
	const perDepth, perRow = 16, 32
	return vecs * (perDepth*depth + perRow*rows)
}

// deepest is the greatest depth of a tile that stays within the budget.
func deepest(rows, vecs int) int {
	return callBudget/tileCost(0, vecs, 1) - tileCost(rows, vecs, 0)/tileCost(0, vecs, 1)
}

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
	t.checkProduct(out, w, b, vecs, init, &e)
	raceRead(w.data, len(w.data))
	raceReadPanel(t, b, w.depth, vecs)
	raceReadPanel(t, init, w.rows, vecs)
	raceReadPanel(t, e.Base, w.rows, vecs)
	raceWritePanel(t, out, w.rows, vecs)
	p := pointers[T]{out: &out[0], init: first(init), b: &b[0]}
	if e.Base != nil {
		p.base = &e.Base[0]
		if e.Prox != ProxNone {
			p.lo, p.hi = &e.Lo[0], &e.Hi[0]
			raceRead(e.Lo, w.rows)
			raceRead(e.Hi, w.rows)
		}
	}
	s := &w.split
	if (s.big+s.small)*tileCost(s.rows+1, vecs, w.depth) > callBudget {
		t.long(p, w, &e, vecs)
		return
	}
	kernels := &t.product[vecs-1]
	if s.big > 0 {
		kernels[s.rows+1](p.out, p.base, p.init, &w.data[0], p.b, e.Scale, p.lo, p.hi, int(e.Prox), s.big, w.depth)
		p.advance(s.big*(s.rows+1), t.Width())
	}
	kernels[s.rows](p.out, p.base, p.init, &w.data[s.big*(s.rows+1)*w.depth], p.b, e.Scale, p.lo, p.hi, int(e.Prox), s.small, w.depth)
}

// long multiplies more than one call's budget.
func (t *Table[T]) long(p pointers[T], w *Weights[T], e *Epilogue[T], vecs int) {
	s := &w.split
	if s.big > 0 {
		t.tiles(p, w, e, vecs, 0, s.rows+1, s.big)
	}
	p.advance(s.big*(s.rows+1), t.Width())
	t.tiles(p, w, e, vecs, s.big*(s.rows+1), s.rows, s.small)
}

// pointers are the operands of a product; nil where there is none.
type pointers[T Float] struct{ out, base, init, b, lo, hi *T }

// advance moves all but b some rows on.
func (p *pointers[T]) advance(rows, width int) {
	p.out = offset(p.out, rows*width)
	if p.init != nil {
		p.init = offset(p.init, rows*width)
	}
	if p.base != nil {
		p.base = offset(p.base, rows*width)
	}
	if p.lo != nil {
		p.lo, p.hi = offset(p.lo, rows), offset(p.hi, rows)
	}
}

// offset is the address n elements on, which must be inside of the slice p points
// into: the garbage collector does not stand one past its end.
func offset[T Float](p *T, n int) *T {
	return (*T)(unsafe.Add(unsafe.Pointer(p), n*sizeof[T]()))
}

// tiles multiplies a run of equal tiles, in calls that stay within the budget.
func (t *Table[T]) tiles(p pointers[T], w *Weights[T], e *Epilogue[T], vecs, row, rows, tiles int) {
	kernel := t.product[vecs-1][rows]
	step := callBudget / tileCost(rows, vecs, w.depth)
	for tiles > 0 {
		if step == 0 {
			t.deep(p, kernel, w, e, row, rows, deepest(rows, vecs))
		} else {
			kernel(p.out, p.base, p.init, &w.data[row*w.depth], p.b, e.Scale, p.lo, p.hi, int(e.Prox), min(step, tiles), w.depth)
		}
		n := max(step, 1)
		if tiles -= n; tiles > 0 {
			row += n * rows
			p.advance(n*rows, t.Width())
		}
	}
}

// deep multiplies one tile whose depth exceeds the budget: partial sums wait in
// out, the epilogue comes with the last part.
func (t *Table[T]) deep(p pointers[T], kernel productFunc[T], w *Weights[T], e *Epilogue[T], row, rows, most int) {
	init := p.init
	for d := 0; d < w.depth; d += most {
		n := min(most, w.depth-d)
		base := p.base
		if d+n < w.depth {
			base = nil
		}
		kernel(p.out, base, init, &w.data[row*w.depth+d*rows], offset(p.b, d*t.Width()), e.Scale, p.lo, p.hi, int(e.Prox), 1, n)
		init = p.out
	}
}

// checkProduct panics when a product's operands do not fit each other.
func (t *Table[T]) checkProduct(out []T, w *Weights[T], b []T, vecs int, init []T, e *Epilogue[T]) {
	rows, depth, width := w.rows, w.depth, t.Width()
	if w.tile != t.tile {
		panic(fmt.Sprintf("kernels: weights %d×%d were packed for another table than %v", rows, depth, t.isa))
	}
	if vecs != 1 && vecs != 2 {
		panic(fmt.Sprintf("kernels: %d vectors per panel row, want 1 or 2", vecs))
	}
	checkPanel("out", out, rows, width)
	checkPanel("b", b, depth, width)
	if init != nil {
		checkPanel("init", init, rows, width)
	}
	if e.Base != nil {
		checkPanel("base", e.Base, rows, width)
	}
	if e.Prox == ProxNone {
		return
	}
	if e.Base == nil {
		panic("kernels: a prox needs a base")
	}
	if len(e.Lo) < rows || len(e.Hi) < rows {
		panic(fmt.Sprintf("kernels: %d rows need as many bounds, got %d and %d", rows, len(e.Lo), len(e.Hi)))
	}
}

func checkPanel[T Float](name string, p []T, rows, width int) {
	if len(p) < rows*width {
		shortPanel(name, len(p), rows, width)
	}
}

func shortPanel(name string, got, rows, width int) {
	panic(fmt.Sprintf("kernels: panel %s of %d rows × %d samples needs %d elements, got %d", name, rows, width, rows*width, got))
}

package kernels

import "fmt"

// mapBudget bounds the vectors of one assembly call that walks a panel: slow
// ones, limited by memory or by a division, stay within some 50 µs.
const mapBudget = 1 << 11

// AddScaled computes dst += c·src on the first vecs vectors of each panel row.
// It panics, before it writes, when a slice is too short or vecs is not 1 or 2.
func (t *Table[T]) AddScaled(dst []T, c T, src []T, rows, vecs int) {
	t.checkMap(rows, vecs, "dst", dst, "src", src, "", nil)
	raceReadPanel(t, src, rows, vecs)
	raceWritePanel(t, dst, rows, vecs)
	for p := t.start(rows, vecs); p.next(); {
		t.addScaled(&dst[p.at], &src[p.at], c, p.vectors, p.step)
	}
}

// Multiply computes dst = a ⊙ b on the first vecs vectors of each panel row. dst
// may be the same slice as a or b. It panics, before it writes, when a slice is
// too short or vecs is not 1 or 2.
func (t *Table[T]) Multiply(dst, a, b []T, rows, vecs int) {
	t.checkMap(rows, vecs, "dst", dst, "a", a, "b", b)
	raceReadPanel(t, a, rows, vecs)
	raceReadPanel(t, b, rows, vecs)
	raceWritePanel(t, dst, rows, vecs)
	for p := t.start(rows, vecs); p.next(); {
		t.multiply(&dst[p.at], &a[p.at], &b[p.at], p.vectors, p.step)
	}
}

// Extrapolate computes the momentum of an inner step,
//
//	dst = z + mu·(z − last)
//
// on the first vecs vectors of each panel row. dst may be the same slice as z or
// last. It panics, before it writes, when a slice is too short or vecs is not 1
// or 2.
func (t *Table[T]) Extrapolate(dst, z, last []T, mu T, rows, vecs int) {
	t.checkMap(rows, vecs, "dst", dst, "z", z, "last", last)
	raceReadPanel(t, z, rows, vecs)
	raceReadPanel(t, last, rows, vecs)
	raceWritePanel(t, dst, rows, vecs)
	for p := t.start(rows, vecs); p.next(); {
		t.extrapolate(&dst[p.at], &z[p.at], &last[p.at], mu, p.vectors, p.step)
	}
}

// Gate starts the adjoint of a step: with z the panel that the step's prox
// produced, it computes on the first vecs vectors of each row
//
//	lambda = lambda ⊙ prox'(z)      scaled = scale·lambda
//
// The derivative of the prox is 1 where it let its argument pass and 0 where it
// bound it: lo < z < hi for [ProxClamp], z ≠ 0 for [ProxShrink], everywhere for
// [ProxNone], for which z may be nil. Gate panics, before it writes, when a slice
// is too short or vecs is not 1 or 2.
func (t *Table[T]) Gate(lambda, scaled, z []T, rows, vecs int, scale T, prox Prox, lo, hi []T) {
	t.checkMap(rows, vecs, "lambda", lambda, "scaled", scaled, "", nil)
	width := t.Width()
	if prox != ProxNone {
		checkPanel("z", z, rows, width)
	} else {
		z = nil
	}
	if prox != ProxClamp {
		lo, hi = nil, nil
	} else if len(lo) < rows || len(hi) < rows {
		panic(fmt.Sprintf("kernels: %d rows need as many bounds, got %d and %d", rows, len(lo), len(hi)))
	}
	raceReadPanel(t, z, rows, vecs)
	raceRead(lo, rows)
	raceRead(hi, rows)
	if prox == ProxNone {
		raceReadPanel(t, lambda, rows, vecs)
	} else {
		raceWritePanel(t, lambda, rows, vecs)
	}
	raceWritePanel(t, scaled, rows, vecs)
	for p := t.start(rows, vecs); p.next(); {
		t.gate[vecs-1](&lambda[p.at], &scaled[p.at], from(z, p.at), from(lo, p.row), from(hi, p.row), scale, int(prox), p.rows)
	}
}

// DotRows adds to each sample its inner product of two panels,
//
//	acc[n] += Σ_r a[r][n]·b[r][n]
//
// on the first vecs vectors of acc, a panel of one row. The sum runs over r in
// order. It panics, before it writes, when a slice is too short or vecs is not 1
// or 2.
func (t *Table[T]) DotRows(acc, a, b []T, rows, vecs int) {
	t.checkMap(rows, vecs, "a", a, "b", b, "", nil)
	checkPanel("acc", acc, 1, t.Width())
	raceReadPanel(t, a, rows, vecs)
	raceReadPanel(t, b, rows, vecs)
	raceWritePanel(t, acc, 1, vecs)
	for p := t.start(rows, vecs); p.next(); {
		t.dotRows[vecs-1](&acc[0], &a[p.at], &b[p.at], p.rows)
	}
}

// WeightedDistance adds to each sample the square of its distance between two panels, with
// a scale for each row,
//
//	acc[n] += Σ_r ((a[r][n] − b[r][n])·scale[r])²
//
// on the first vecs vectors of acc, a panel of one row. The sum runs over r in
// order. It panics, before it writes, when a slice is too short or vecs is not 1
// or 2.
func (t *Table[T]) WeightedDistance(acc, a, b, scale []T, rows, vecs int) {
	t.checkMap(rows, vecs, "a", a, "b", b, "", nil)
	checkPanel("acc", acc, 1, t.Width())
	if len(scale) < rows {
		panic(fmt.Sprintf("kernels: %d rows need as many scales, got %d", rows, len(scale)))
	}
	raceReadPanel(t, a, rows, vecs)
	raceReadPanel(t, b, rows, vecs)
	raceRead(scale, rows)
	raceWritePanel(t, acc, 1, vecs)
	for p := t.start(rows, vecs); p.next(); {
		t.distance[vecs-1](&acc[0], &a[p.at], &b[p.at], &scale[p.row], p.rows)
	}
}

// RowSums adds to dst[r] the sum of the first samples lanes of panel row r, for a
// gradient of biases. The other lanes count as zeros; the upper half of the row's
// lanes is added to the lower until one is left, so that the order depends on
// nothing but the lanes. It panics, before it writes, when a slice is too short
// or the samples do not fit.
func (t *Table[T]) RowSums(dst []T, panel []T, rows, samples int) {
	width := t.Width()
	if samples < 1 || samples > width {
		panic(fmt.Sprintf("kernels: %d samples in a panel, want 1 to %d", samples, width))
	}
	checkPanel("panel", panel, rows, width)
	if len(dst) < rows {
		panic(fmt.Sprintf("kernels: sums of %d rows need as many elements, got %d", rows, len(dst)))
	}
	raceReadRows(panel, rows, samples, width)
	raceWrite(dst, rows)
	for p := t.start(rows, 2); p.next(); {
		t.rowSums(&dst[p.row], &panel[p.at], p.rows, samples)
	}
}

// A piece is the part of a panel that one assembly call works on.
type piece struct {
	row, rows     int // first row of the piece and number of rows
	at            int // first element of the piece
	vectors, step int // number of vectors, bytes from one to the next

	left, vecs, width int
}

// start cuts a panel into pieces; next moves to each of them in turn.
func (t *Table[T]) start(rows, vecs int) piece {
	return piece{left: rows, vecs: vecs, width: t.Width(), step: t.Width() * sizeof[T]() / vecs}
}

func (p *piece) next() bool {
	p.row += p.rows
	p.at = p.row * p.width
	p.rows = min(p.left, mapBudget/2)
	p.vectors = p.rows * p.vecs
	p.left -= p.rows
	return p.rows > 0
}

// from is the address of element i, nil for a slice that is nil.
func from[T Float](s []T, i int) *T {
	if s == nil {
		return nil
	}
	return &s[i]
}

// checkMap checks the shape of a call on three panels; the last one is left out
// where its name is empty.
func (t *Table[T]) checkMap(rows, vecs int, nameA string, a []T, nameB string, b []T, nameC string, c []T) {
	if vecs != 1 && vecs != 2 {
		panic(fmt.Sprintf("kernels: %d vectors per panel row, want 1 or 2", vecs))
	}
	checkPanel(nameA, a, rows, t.Width())
	checkPanel(nameB, b, rows, t.Width())
	if nameC != "" {
		checkPanel(nameC, c, rows, t.Width())
	}
}

package kernels

import "fmt"

// Gate starts the adjoint of a step: with z the panel that the step's prox
// produced, it computes on the first vecs vectors of each row
//
//	lambda = lambda ⊙ prox'(z)      scaled = scale·lambda
//
// The derivative of the prox is 1 where it let its argument pass and 0 where it
// bound it: lo < z < hi for [ProxClamp], z ≠ 0 for [ProxShrink], everywhere for
// [ProxNone], for which z may be nil. Gate panics, before it writes, when a slice
// is too short.
func (t *Table[T]) Gate(lambda, scaled, z []T, rows, vecs int, scale T, prox Prox, lo, hi []T) {
	width := t.Width()
	checkPanel("lambda", lambda, rows, width)
	checkPanel("scaled", scaled, rows, width)
	if prox != ProxNone {
		checkPanel("z", z, rows, width)
	}
	if prox == ProxClamp && (len(lo) < rows || len(hi) < rows) {
		panic(fmt.Sprintf("kernels: %d rows need as many bounds, got %d and %d", rows, len(lo), len(hi)))
	}
	lanes := vecs * t.Lanes
	for r := range rows {
		at := r * width
		l, s := lambda[at:at+lanes], scaled[at:at+lanes]
		switch prox {
		case ProxClamp:
			for n, v := range z[at : at+lanes] {
				if !(v > lo[r] && v < hi[r]) {
					l[n] = 0
				}
			}
		case ProxShrink:
			for n, v := range z[at : at+lanes] {
				if v == 0 {
					l[n] = 0
				}
			}
		}
		for n, v := range l {
			s[n] = scale * v
		}
	}
}

// AddScaled computes dst += c·src on the first vecs vectors of each panel row.
// It panics, before it writes, when a slice is too short.
func (t *Table[T]) AddScaled(dst []T, c T, src []T, rows, vecs int) {
	width := t.Width()
	checkPanel("dst", dst, rows, width)
	checkPanel("src", src, rows, width)
	lanes := vecs * t.Lanes
	for r := range rows {
		at := r * width
		addScaled(dst[at:at+lanes], c, src[at:])
	}
}

// RowSums adds to dst[r] the sum of the first samples lanes of panel row r, in
// order.
func (t *Table[T]) RowSums(dst []T, panel []T, rows, samples int) {
	width := t.Width()
	checkPanel("panel", panel, rows, width)
	for r := range rows {
		for _, v := range panel[r*width : r*width+samples] {
			dst[r] += v
		}
	}
}

package kernels

import "fmt"

// Outer accumulates a contraction over the samples of one panel,
//
//	S[k][j] += Σ_n Q[k][n]·P[n][j]     k < rows, j < cols, n < samples
//
// where Q is a panel, P is sample-major as [Table.SampleMajor] writes it, and S
// is row-major; P and S have the stride t.PaddedRows(cols), and elements between
// cols and the stride are updated too. The sum runs over n in order.
//
// With Q the adjoint Λ̃ and P the residual D, S is the transposed weight gradient
// of a step. Outer panics, before it writes, when a slice is too short.
func (t *Table[T]) Outer(s []T, q []T, rows int, p []T, cols, samples int) {
	stride := t.PaddedRows(cols)
	t.checkOuter(s, q, rows, p, stride, samples)
	raceReadRows(q, rows, samples, t.Width())
	raceRead(p, samples*stride)
	raceWrite(s, rows*stride)
	sp := evenSplit(rows, t.tile)
	row := 0
	for range sp.big {
		t.outerTile(s, q, row, sp.rows+1, p, stride, samples)
		row += sp.rows + 1
	}
	for range sp.small {
		t.outerTile(s, q, row, sp.rows, p, stride, samples)
		row += sp.rows
	}
}

// outerTile runs one tile of rows over all columns: blocks of two vectors, then
// the odd one.
func (t *Table[T]) outerTile(s, q []T, row, tileRows int, p []T, stride, samples int) {
	size := sizeof[T]()
	width := t.Width()
	pairs := stride / width
	step := max(1, callBudget/tileCost(tileRows, 2, samples))
	for block := 0; block < pairs; block += step {
		n := min(step, pairs-block)
		t.outer[1][tileRows](&s[row*stride+block*width], stride*size, &q[row*width], &p[block*width], stride*size, samples, n)
	}
	if j := pairs * width; j < stride {
		t.outer[0][tileRows](&s[row*stride+j], stride*size, &q[row*width], &p[j], stride*size, samples, 1)
	}
}

func (t *Table[T]) checkOuter(s, q []T, rows int, p []T, stride, samples int) {
	width := t.Width()
	if rows < 1 || stride < 1 || samples < 1 || samples > width {
		panic(fmt.Sprintf("kernels: outer product of %d rows and %d columns over %d samples, want at least 1 of each and at most %d samples", rows, stride, samples, width))
	}
	checkPanel("q", q, rows, width)
	if len(p) < samples*stride || len(s) < rows*stride {
		panic(fmt.Sprintf("kernels: outer product of %d rows over %d samples with stride %d needs %d and %d elements, got %d and %d",
			rows, samples, stride, samples*stride, rows*stride, len(p), len(s)))
	}
}

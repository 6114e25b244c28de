package kernels

import "fmt"

// transposeBudget bounds the vectors of one assembly call that transposes.
const transposeBudget = 1 << 12

// Pack writes samples rows of cols elements, stride apart, as a panel:
// panel[c][n] = src[n·stride+c]. Lanes beyond the samples become zero. It
// panics, before it writes, when a slice is too short or the samples do not fit.
func (t *Table[T]) Pack(panel []T, src []T, samples, cols, stride int) {
	full, rest := t.pack(t.transpose, panel, src, samples, cols, stride)
	width := t.Width()
	for n := range samples {
		from := 0
		if n < full {
			from = rest
		}
		for c := from; c < cols; c++ {
			panel[c*width+n] = src[n*stride+c]
		}
	}
}

// PackNegated is Pack with another sign, panel[c][n] = −src[n·stride+c]: the panel −x
// that residuals start from.
func (t *Table[T]) PackNegated(panel []T, src []T, samples, cols, stride int) {
	full, rest := t.pack(t.negated, panel, src, samples, cols, stride)
	width := t.Width()
	for n := range samples {
		from := 0
		if n < full {
			from = rest
		}
		for c := from; c < cols; c++ {
			panel[c*width+n] = -src[n*stride+c]
		}
	}
}

// pack clears a panel, transposes the whole blocks into it, and returns the samples and
// elements it covered.
func (t *Table[T]) pack(transpose transposeFunc[T], panel []T, src []T, samples, cols, stride int) (full, rest int) {
	t.checkRows(panel, src, samples, cols, stride)
	width := t.Width()
	raceReadRows(src, samples, cols, stride)
	raceWrite(panel, cols*width)
	clear(panel[:cols*width])
	return t.blocks(transpose, panel, width, src, stride, samples, cols)
}

// Unpack writes the samples of a panel as rows: dst[n·stride+c] = panel[c][n].
// Elements of dst between cols and stride are left alone. It panics, before it
// writes, when a slice is too short or the samples do not fit.
func (t *Table[T]) Unpack(dst []T, panel []T, samples, cols, stride int) {
	t.checkRows(panel, dst, samples, cols, stride)
	width := t.Width()
	raceReadRows(panel, cols, samples, width)
	raceWriteRows(dst, samples, cols, stride)
	full, rest := t.blocks(t.transpose, dst, stride, panel, width, cols, samples)
	for c := range cols {
		from := 0
		if c < full {
			from = rest
		}
		for n := from; n < samples; n++ {
			dst[n*stride+c] = panel[c*width+n]
		}
	}
}

// blocks transposes every whole Lanes × Lanes block of the rows × cols elements
// of src, and returns the rows and columns it covered.
func (t *Table[T]) blocks(transpose transposeFunc[T], dst []T, dstStride int, src []T, srcStride, rows, cols int) (fullRows, fullCols int) {
	fullRows, fullCols = rows/t.lanes*t.lanes, cols/t.lanes*t.lanes
	if fullCols == 0 {
		return 0, 0
	}
	for r := 0; r < fullRows; r += t.lanes {
		t.transposeRows(transpose, dst[r:], dstStride, src[r*srcStride:], srcStride, fullCols)
	}
	return fullRows, fullCols
}

// transposeRows writes dst[c][r] = src[r][c] for Lanes rows r and cols columns.
func (t *Table[T]) transposeRows(transpose transposeFunc[T], dst []T, dstStride int, src []T, srcStride, cols int) {
	size := sizeof[T]()
	most := transposeBudget / t.lanes // blocks in one call
	for c := 0; c < cols; c += most * t.lanes {
		n := min(most, (cols-c)/t.lanes)
		transpose(&dst[c*dstStride], dstStride*size, t.lanes*dstStride*size, &src[c], srcStride*size, t.lanes*size, n)
	}
}

// SampleMajor writes a panel's rows as the columns of a sample-major buffer,
// dst[n][r] = panel[r][n], with the stride t.PaddedRows(rows) and as many samples
// as vecs vectors hold. The panel must have t.PaddedRows(rows) rows; what stands
// in the extra ones is copied too. It panics, before it writes, when a slice is
// too short or vecs is not 1 or 2.
func (t *Table[T]) SampleMajor(dst []T, panel []T, rows, vecs int) {
	stride, width := t.PaddedRows(rows), t.Width()
	if vecs != 1 && vecs != 2 {
		panic(fmt.Sprintf("kernels: %d vectors per panel row, want 1 or 2", vecs))
	}
	checkPanel("panel", panel, stride, width)
	if need := vecs * t.lanes * stride; len(dst) < need {
		panic(fmt.Sprintf("kernels: %d samples with stride %d need %d elements, got %d", vecs*t.lanes, stride, need, len(dst)))
	}
	raceReadPanel(t, panel, stride, vecs)
	raceWrite(dst, vecs*t.lanes*stride)
	for r := 0; r < stride; r += t.lanes {
		t.transposeRows(t.transpose, dst[r:], stride, panel[r*width:], width, vecs*t.lanes)
	}
}

func (t *Table[T]) checkRows(panel, rows []T, samples, cols, stride int) {
	width := t.Width()
	if samples < 1 || samples > width || cols < 1 || stride < cols {
		panic(fmt.Sprintf("kernels: %d samples of %d elements with stride %d, want 1 to %d samples and a stride of at least the elements", samples, cols, stride, width))
	}
	checkPanel("panel", panel, cols, width)
	if need := (samples-1)*stride + cols; len(rows) < need {
		panic(fmt.Sprintf("kernels: %d samples of %d elements with stride %d need %d elements, got %d", samples, cols, stride, need, len(rows)))
	}
}

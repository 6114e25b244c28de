package kernels

import "fmt"

// PackPanels sets w to rows of a matrix that is stored as panels of columns, as a
// product leaves it: with height rows, its element (i, j) stands at
//
//	panels[(j/width·height + i)·width + j%width]
//
// for the width of the table's panels. w[r][d] is element (from+r, d) of it, or
// (d, from+r) when transposed, which is the faster of the two. It panics when the
// panels do not hold that.
func (w *Weights[T]) PackPanels(panels []T, height, width, from int, transposed bool) {
	lastRow, lastCol := from+w.rows-1, w.depth-1
	if transposed {
		lastRow, lastCol = lastCol, lastRow
	}
	if from < 0 || width < 1 || lastRow >= height || (lastCol/width*height+height)*width > len(panels) {
		panic(fmt.Sprintf("kernels: weights %d×%d from row %d of panels of %d×%d, %d elements of them", w.rows, w.depth, from, height, width, len(panels)))
	}
	dst := w.data
	w.split.each(func(row, tileRows, tiles int) {
		for range tiles {
			tile := dst[:tileRows*w.depth]
			if transposed {
				packColumns(tile, tileRows, panels, height, width, from+row)
			} else {
				packRows(tile, tileRows, panels, height, width, from+row)
			}
			dst, row = dst[len(tile):], row+tileRows
		}
	})
}

// packColumns takes columns from … from+n of all rows, which may lie in two panels
// or more.
func packColumns[T Float](tile []T, n int, panels []T, height, width, from int) {
	depth := len(tile) / n
	for at := 0; at < n; {
		column := from + at
		run := min(n-at, width-column%width)
		src := panels[column/width*height*width+column%width:]
		for d := range depth {
			copyShort(tile[d*n+at:d*n+at+run], src[d*width:])
		}
		at += run
	}
}

// copyShort is copy, for a few elements.
func copyShort[T Float](dst, src []T) {
	src = src[:len(dst)]
	for i := range dst {
		dst[i] = src[i]
	}
}

// packRows takes all columns of rows from … from+n.
func packRows[T Float](tile []T, n int, panels []T, height, width, from int) {
	depth := len(tile) / n
	for first := 0; first < depth; first += width {
		block := panels[(first/width*height+from)*width:]
		for d := range min(width, depth-first) {
			to := tile[(first+d)*n : (first+d+1)*n]
			for r := range to {
				to[r] = block[r*width+d]
			}
		}
	}
}

package kernels

import "fmt"

// Weights is a rows × depth matrix packed for [Table.Product]: tiles of rows,
// each depth-major, so that the kernel reads it front to back. It belongs to the
// table that made it.
//
// Rows are split into as few tiles as fit and as evenly as possible (ten rows
// are one tile of 10, or 5 + 5, never 6 + 4), so no row is padded.
type Weights[T Float] struct {
	rows, depth int
	tile        int // of the table
	split       split
	data        []T
}

// split is how rows fall into register tiles: big tiles of rows+1 first, then
// small tiles of rows.
type split struct{ rows, big, small int }

func evenSplit(rows, tile int) split {
	tiles := (rows + tile - 1) / tile
	return split{rows: rows / tiles, big: rows % tiles, small: tiles - rows%tiles}
}

// each visits the runs of equal tiles: the first row, the rows of each tile and
// the number of tiles.
func (s split) each(visit func(row, tileRows, tiles int)) {
	if s.big > 0 {
		visit(0, s.rows+1, s.big)
	}
	visit(s.big*(s.rows+1), s.rows, s.small)
}

// NewWeights returns zero weights of the given shape. It panics unless both
// sizes are positive.
func (t *Table[T]) NewWeights(rows, depth int) *Weights[T] {
	if rows < 1 || depth < 1 {
		panic(fmt.Sprintf("kernels: weights of %d×%d, want at least 1×1", rows, depth))
	}
	return &Weights[T]{rows: rows, depth: depth, tile: t.tile, split: evenSplit(rows, t.tile), data: make([]T, rows*depth)}
}

// Dims returns the rows and the depth.
func (w *Weights[T]) Dims() (rows, depth int) { return w.rows, w.depth }

// Pack sets w to the row-major matrix a with the given stride: w[r][d] =
// a[r·stride+d]. It panics when a is too short.
func (w *Weights[T]) Pack(a []T, stride int) {
	checkMatrix(a, w.rows, w.depth, stride)
	dst := w.data
	w.split.each(func(row, tileRows, tiles int) {
		for range tiles {
			tile := dst[:tileRows*w.depth]
			for r := range tileRows {
				for d, v := range a[(row+r)*stride:][:w.depth] {
					tile[d*tileRows+r] = v
				}
			}
			dst, row = dst[len(tile):], row+tileRows
		}
	})
}

// PackTransposed sets w to the transpose of the row-major matrix a: w[r][d] =
// a[d·stride+r]. It panics when a is too short. It is the faster of the two: use
// it for symmetric matrices.
func (w *Weights[T]) PackTransposed(a []T, stride int) {
	checkMatrix(a, w.depth, w.rows, stride)
	dst := w.data
	w.split.each(func(row, tileRows, tiles int) {
		for range tiles {
			for d := range w.depth {
				dst = dst[copy(dst[:tileRows], a[d*stride+row:]):]
			}
			row += tileRows
		}
	})
}

func checkMatrix[T Float](a []T, rows, cols, stride int) {
	if need := (rows-1)*stride + cols; len(a) < need || stride < cols {
		panic(fmt.Sprintf("kernels: matrix %d×%d with stride %d needs a stride of at least %d and %d elements, got %d", rows, cols, stride, cols, need, len(a)))
	}
}

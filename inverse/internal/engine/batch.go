package engine

import "github.com/inversenet/inversenet/kernels"

// Float is an element type that engines run in.
type Float = kernels.Float

// A Batch is a row-major matrix whose rows are samples; element (i, j) is
// Data[i·Stride+j].
type Batch[T Float] struct {
	Rows, Cols int
	Data       []T
	Stride     int
}

// row is row i, without a copy.
func (b Batch[T]) row(i int) []T { return b.Data[i*b.Stride : i*b.Stride+b.Cols] }

// from is the data from row i on.
func (b Batch[T]) from(i int) []T { return b.Data[i*b.Stride:] }

// gather copies the given rows to dst, one after the other.
func (b Batch[T]) gather(dst []T, order []int) Batch[T] {
	for n, sample := range order {
		copy(dst[n*b.Cols:(n+1)*b.Cols], b.row(sample))
	}
	return Batch[T]{Rows: len(order), Cols: b.Cols, Stride: b.Cols, Data: dst}
}

// PerLatent is element k of values that are one for all latents or one for each.
func PerLatent(v []float64, k int) float64 {
	if len(v) == 1 {
		return v[0]
	}
	return v[k]
}

// resize returns a slice of length n, s itself where it is long enough.
func resize[S any](s []S, n int) []S {
	if cap(s) < n {
		return make([]S, n)
	}
	return s[:n]
}

// panels allocates n slices of the given length in one piece.
func panels[T Float](n, length int) [][]T {
	all := make([]T, n*length)
	out := make([][]T, n)
	for i := range out {
		out[i] = all[i*length : (i+1)*length : (i+1)*length]
	}
	return out
}

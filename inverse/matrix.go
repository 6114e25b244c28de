package inverse

import (
	"fmt"
	"unsafe"

	"gonum.org/v1/gonum/mat"

	"github.com/inversenet/inversenet/inverse/internal/engine"
	"github.com/inversenet/inversenet/kernels"
)

// Float is an element type that models can have.
type Float = kernels.Float

// Matrix is a row-major matrix; element (i, j) is Data[i·Stride+j]. Where it
// holds a batch, samples are rows.
//
// Its fields are those of gonum's General, so a blas64.General converts to a
// Matrix[float64] and back by a conversion that copies nothing, and a
// blas32.General to a Matrix[float32].
type Matrix[T Float] struct {
	Rows, Cols int // at least 0
	Data       []T // (Rows−1)·Stride + Cols elements or more
	Stride     int // elements from one row to the next, at least Cols
}

// NewMatrix returns a zero matrix of the given shape.
func NewMatrix[T Float](rows, cols int) Matrix[T] {
	return Matrix[T]{Rows: rows, Cols: cols, Data: make([]T, rows*cols), Stride: cols}
}

// FromMat copies a gonum matrix, rounding its elements to T.
func FromMat[T Float](m mat.Matrix) Matrix[T] {
	rows, cols := m.Dims()
	out := NewMatrix[T](rows, cols)
	for i := range rows {
		for j := range cols {
			out.Data[i*cols+j] = T(m.At(i, j))
		}
	}
	return out
}

// FromFloat64 copies rows × cols row-major elements, rounding them to T. It
// panics when their number is another.
func FromFloat64[T Float](rows, cols int, data []float64) Matrix[T] {
	if len(data) != rows*cols {
		panic(fmt.Sprintf("inverse: %d elements for a %d×%d matrix", len(data), rows, cols))
	}
	out := NewMatrix[T](rows, cols)
	for i, v := range data {
		out.Data[i] = T(v)
	}
	return out
}

// Dense copies m into a gonum matrix; the empty one for a matrix without elements.
func (m Matrix[T]) Dense() *mat.Dense {
	if m.Rows == 0 || m.Cols == 0 {
		return &mat.Dense{}
	}
	out := mat.NewDense(m.Rows, m.Cols, nil)
	for i := range m.Rows {
		for j, v := range m.Row(i) {
			out.Set(i, j, float64(v))
		}
	}
	return out
}

// Row is row i, 0 ≤ i < Rows, without a copy.
func (m Matrix[T]) Row(i int) []T { return m.Data[i*m.Stride : i*m.Stride+m.Cols] }

// Slice is the rows from ≤ i < to, without a copy. It panics when there are none
// such.
func (m Matrix[T]) Slice(from, to int) Matrix[T] {
	if from < 0 || to < from || to > m.Rows {
		panic(fmt.Sprintf("inverse: rows %d:%d of a matrix with %d", from, to, m.Rows))
	}
	if from == to {
		return Matrix[T]{Cols: m.Cols, Stride: m.Stride}
	}
	return Matrix[T]{Rows: to - from, Cols: m.Cols, Stride: m.Stride, Data: m.Data[from*m.Stride : (to-1)*m.Stride+m.Cols]}
}

// Transposed returns a transposed copy.
func (m Matrix[T]) Transposed() Matrix[T] {
	out := NewMatrix[T](m.Cols, m.Rows)
	for i := range m.Rows {
		for j, v := range m.Row(i) {
			out.Data[j*m.Rows+i] = v
		}
	}
	return out
}

func (m Matrix[T]) clone() Matrix[T] {
	out := NewMatrix[T](m.Rows, m.Cols)
	for i := range m.Rows {
		copy(out.Row(i), m.Row(i))
	}
	return out
}

// mustBe panics unless m is a rows × cols matrix whose data cover it; a
// negative number stands for any.
func (m Matrix[T]) mustBe(name string, rows, cols int) {
	if rows >= 0 && m.Rows != rows || cols >= 0 && m.Cols != cols {
		panic(fmt.Sprintf("inverse: %s is %d×%d, want %s×%s", name, m.Rows, m.Cols, anyOr(rows), anyOr(cols)))
	}
	if m.Rows == 0 {
		return
	}
	if need := (m.Rows-1)*m.Stride + m.Cols; m.Stride < m.Cols || len(m.Data) < need {
		panic(fmt.Sprintf("inverse: %s is %d×%d with stride %d and %d elements, want a stride of at least %d and %d elements",
			name, m.Rows, m.Cols, m.Stride, len(m.Data), m.Cols, need))
	}
}

func anyOr(n int) string {
	if n < 0 {
		return "any"
	}
	return fmt.Sprint(n)
}

// checkFinite returns an error that names the first element that is NaN or
// infinite.
func (m Matrix[T]) checkFinite(name string) error {
	if m.Rows > 0 && m.Stride == m.Cols && engine.Finite(m.Data[:m.Rows*m.Cols]) {
		return nil
	}
	for i := range m.Rows {
		row := m.Row(i)
		if engine.Finite(row) {
			continue
		}
		for j, v := range row {
			if v-v != 0 {
				return &NonFiniteError{Name: name, Row: i, Col: j, Value: float64(v)}
			}
		}
	}
	return nil
}

// mustBeApart panics when two matrices have elements in common.
func mustBeApart[T Float](nameA string, a Matrix[T], nameB string, b Matrix[T]) {
	if a.overlaps(b) {
		panic(fmt.Sprintf("inverse: %s and %s share memory: give each its own", nameA, nameB))
	}
}

// mustSpare panics when m, which is written to, has elements in common with one of
// the slices.
func (m Matrix[T]) mustSpare(name string, slices [][]T, whose string) {
	if m.Rows == 0 || m.Cols == 0 {
		return
	}
	data := m.Data[:(m.Rows-1)*m.Stride+m.Cols]
	for _, s := range slices {
		if shareMemory(data, s) {
			panic(fmt.Sprintf("inverse: %s shares memory with %s: give it its own", name, whose))
		}
	}
}

// overlaps reports whether two matrices have elements in common. Columns of one
// matrix, side by side, have none; of matrices with other strides in one piece of
// memory it is not found out.
func (m Matrix[T]) overlaps(o Matrix[T]) bool {
	if m.Rows == 0 || o.Rows == 0 || m.Cols == 0 || o.Cols == 0 {
		return false
	}
	a, b := m.Data[:(m.Rows-1)*m.Stride+m.Cols], o.Data[:(o.Rows-1)*o.Stride+o.Cols]
	if !shareMemory(a, b) {
		return false
	}
	if m.Stride != o.Stride {
		return true
	}
	size := int(unsafe.Sizeof(a[0]))
	apart := (int(uintptr(unsafe.Pointer(&b[0]))-uintptr(unsafe.Pointer(&a[0]))) / size) % m.Stride
	if apart < 0 {
		apart += m.Stride
	}
	return apart < m.Cols || apart+o.Cols > m.Stride
}

// shareMemory reports whether the ranges of two slices overlap.
func shareMemory[T Float](a, b []T) bool {
	if len(a) == 0 || len(b) == 0 {
		return false
	}
	firstA, lastA := uintptr(unsafe.Pointer(&a[0])), uintptr(unsafe.Pointer(&a[len(a)-1]))
	firstB, lastB := uintptr(unsafe.Pointer(&b[0])), uintptr(unsafe.Pointer(&b[len(b)-1]))
	return firstA <= lastB && firstB <= lastA
}

// Package dense multiplies float64 matrices on the kernels, for the K×K algebra
// of closed forms, from a few rows to a few thousand.
//
// A Matrix is stored as panels of columns, so that it can be the right factor of
// a product as it stands; the left factor is packed. A [Pool] holds the packing
// buffers; nothing else allocates once they are there.
package dense

import (
	"fmt"

	"github.com/inversenet/inversenet/kernels"
)

// A Matrix is rows × cols, in panels of [kernels.Table.Width] columns; elements
// beyond the last column are zero.
type Matrix struct {
	Rows, Cols int
	width      int
	data       []float64
}

// A Pool multiplies matrices on one dispatch table. It is for one goroutine at a
// time.
type Pool struct {
	table   *kernels.Table[float64]
	weights []*kernels.Weights[float64] // one for each shape of a left factor
	rows    []float64
}

// NewPool returns an empty pool.
func NewPool(t *kernels.Table[float64]) *Pool {
	return &Pool{table: t}
}

// New returns a zero matrix.
func (p *Pool) New(rows, cols int) *Matrix {
	w := p.table.Width()
	return &Matrix{Rows: rows, Cols: cols, width: w, data: make([]float64, (cols+w-1)/w*w*rows)}
}

func (m *Matrix) at(i, j int) int { return (j/m.width*m.Rows+i)*m.width + j%m.width }

// At is element (i, j).
func (m *Matrix) At(i, j int) float64 { return m.data[m.at(i, j)] }

// Set sets element (i, j).
func (m *Matrix) Set(i, j int, v float64) { m.data[m.at(i, j)] = v }

// SetRow sets elements (i, j), (i, j+1), … to c times the values of src.
func SetRow[T kernels.Float](m *Matrix, i, j int, c float64, src []T) {
	for len(src) > 0 {
		n := min(len(src), m.width-j%m.width)
		row := m.data[m.at(i, j):][:n]
		for l, v := range src[:n] {
			row[l] = c * float64(v)
		}
		src, j = src[n:], j+n
	}
}

// GetRow sets dst to c times the elements (i, j), (i, j+1), … of m.
func GetRow[T kernels.Float](dst []T, m *Matrix, i, j int, c float64) {
	for len(dst) > 0 {
		n := min(len(dst), m.width-j%m.width)
		row := m.data[m.at(i, j):][:n]
		for l, v := range row {
			dst[l] = T(c * v)
		}
		dst, j = dst[n:], j+n
	}
}

// Zero sets all elements to 0.
func (m *Matrix) Zero() { clear(m.data) }

// Copy sets m to src, which has the same shape.
func (m *Matrix) Copy(src *Matrix) { copy(m.data, src.data) }

// Identity sets the square matrix m to v times the identity.
func (m *Matrix) Identity(v float64) {
	m.Zero()
	for i := range m.Rows {
		m.Set(i, i, v)
	}
}

// AddDiagonal adds v to the diagonal.
func (m *Matrix) AddDiagonal(v float64) {
	for i := range min(m.Rows, m.Cols) {
		m.data[m.at(i, i)] += v
	}
}

// AddScaled: m += c·src, of the same shape.
func (m *Matrix) AddScaled(c float64, src *Matrix) {
	for i, v := range src.data {
		m.data[i] += float64(c * v)
	}
}

// Trace is the sum over all elements of a⊙b, the inner product of two matrices.
func Trace(a, b *Matrix) (sum float64) {
	for i, v := range a.data {
		sum += float64(v * b.data[i])
	}
	return sum
}

// Transpose sets m to the transpose of src.
func (m *Matrix) Transpose(src *Matrix) {
	for i := range src.Rows {
		column := m.data[m.at(0, i):]
		for j := 0; j < src.Cols; j += src.width {
			for l, v := range src.data[src.at(i, j):][:min(src.width, src.Cols-j)] {
				column[(j+l)*m.width] = v
			}
		}
	}
}

// AddTranspose: m = m + mᵀ, for a square m.
func (m *Matrix) AddTranspose() {
	for i := range m.Rows {
		column := m.data[m.at(0, i):]
		for j := 0; j <= i; j += m.width {
			row := m.data[m.at(i, j):][:min(m.width, i+1-j)]
			for l, v := range row {
				v += column[(j+l)*m.width]
				row[l], column[(j+l)*m.width] = v, v
			}
		}
	}
}

// Mul sets dst = init + a·b, with aᵀ in place of a when transposed; a nil init is
// zero. dst may be init and must be neither a nor b. It panics when shapes do not
// fit.
func (p *Pool) Mul(dst, a *Matrix, transposed bool, b, init *Matrix) {
	rows, depth := a.Rows, a.Cols
	if transposed {
		rows, depth = depth, rows
	}
	if depth != b.Rows || dst.Rows != rows || dst.Cols != b.Cols || init != nil && (init.Rows != rows || init.Cols != b.Cols) {
		panic(fmt.Sprintf("dense: %d×%d = %d×%d · %d×%d", dst.Rows, dst.Cols, rows, depth, b.Rows, b.Cols))
	}
	w := p.pack(a, transposed, rows, depth)
	width := p.table.Width()
	for j := 0; j < dst.Cols; j += width {
		var start []float64
		if init != nil {
			start = init.data[j*rows:]
		}
		p.table.Product(dst.data[j*rows:], w, b.data[j*depth:], p.table.Vectors(min(width, dst.Cols-j)), start, kernels.Epilogue[float64]{})
	}
}

// pack turns a into weights.
func (p *Pool) pack(a *Matrix, transposed bool, rows, depth int) *kernels.Weights[float64] {
	w := p.weightsOf(rows, depth)
	flat, stride := a.data, a.width
	if a.Cols > a.width { // more than one panel: lay the rows out first
		p.rows = a.rowMajor(p.rows)
		flat, stride = p.rows, a.Cols
	}
	if transposed {
		w.PackTransposed(flat, stride)
	} else {
		w.Pack(flat, stride)
	}
	return w
}

func (p *Pool) weightsOf(rows, depth int) *kernels.Weights[float64] {
	for _, w := range p.weights {
		if r, d := w.Dims(); r == rows && d == depth {
			return w
		}
	}
	w := p.table.NewWeights(rows, depth)
	p.weights = append(p.weights, w)
	return w
}

// rowMajor copies m into dst, which grows as needed.
func (m *Matrix) rowMajor(dst []float64) []float64 {
	if cap(dst) < m.Rows*m.Cols {
		dst = make([]float64, m.Rows*m.Cols)
	}
	dst = dst[:m.Rows*m.Cols]
	for j := 0; j < m.Cols; j += m.width {
		n := min(m.width, m.Cols-j)
		for i := range m.Rows {
			copy(dst[i*m.Cols+j:i*m.Cols+j+n], m.data[(j/m.width*m.Rows+i)*m.width:])
		}
	}
	return dst
}

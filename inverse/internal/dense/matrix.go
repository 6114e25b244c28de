// Package dense multiplies float64 matrices on the kernels, for the K×K algebra
// of closed forms, from a few rows to a few thousand, on as many goroutines as pay.
//
// A Matrix is stored as panels of columns, so that it can be the right factor of
// a product as it stands; the left factor is packed, see [Factor]. A [Pool] holds
// what products run in; nothing allocates once it is there. Results have the same
// bits for any number of goroutines.
package dense

// A Matrix is rows × cols, in panels of [kernels.Table.Width] columns; elements
// beyond the last column are zero.
type Matrix struct {
	Rows, Cols int
	width      int
	data       []float64
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

// panels is the number of panels.
func (m *Matrix) panels() int { return (m.Cols + m.width - 1) / m.width }

// panel is panel j from row i on.
func (m *Matrix) panel(j, i int) []float64 {
	return m.data[(j*m.Rows+i)*m.width : (j+1)*m.Rows*m.width]
}

// Zero sets all elements to 0.
func (m *Matrix) Zero() { clear(m.data) }

// Copy sets m to src, which has the same shape.
func (m *Matrix) Copy(src *Matrix) { copy(m.data, src.data) }

// Identity sets the square matrix m to v times the identity.
func (m *Matrix) Identity(v float64) {
	m.Zero()
	m.AddDiagonal(v)
}

// AddDiagonal adds v to the diagonal.
func (m *Matrix) AddDiagonal(v float64) {
	for i := range min(m.Rows, m.Cols) {
		m.data[m.at(i, i)] += v
	}
}

// Diagonal is the sum of the diagonal.
func (m *Matrix) Diagonal() (sum float64) {
	for i := range min(m.Rows, m.Cols) {
		sum += m.data[m.at(i, i)]
	}
	return sum
}

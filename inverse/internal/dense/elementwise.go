package dense

// AddScaled: dst += c·src, of the same shape.
func (p *Pool) AddScaled(dst *Matrix, c float64, src *Matrix) {
	p.table.AddScaled(dst.data, c, src.data, len(dst.data)/dst.width, 2)
}

// Scale: m = c·m.
func (p *Pool) Scale(m *Matrix, c float64) {
	for i := range m.data {
		m.data[i] *= c
	}
}

// Trace is the sum over all elements of a⊙b, the inner product of two matrices.
func Trace(a, b *Matrix) float64 {
	var s [4]float64
	n := len(a.data) / 4 * 4
	for i := 0; i < n; i += 4 {
		x, y := a.data[i:i+4], b.data[i:i+4]
		s[0] += float64(x[0] * y[0])
		s[1] += float64(x[1] * y[1])
		s[2] += float64(x[2] * y[2])
		s[3] += float64(x[3] * y[3])
	}
	for i := n; i < len(a.data); i++ {
		s[0] += float64(a.data[i] * b.data[i])
	}
	return (s[0] + s[1]) + (s[2] + s[3])
}

// Transpose sets dst to the transpose of src.
func (p *Pool) Transpose(dst, src *Matrix) {
	for j := range dst.panels() {
		first := j * dst.width
		count := min(dst.width, dst.Cols-first)
		for i := range src.panels() {
			p.turn(dst, j, src, i, count)
		}
	}
}

// turn transposes the rows first … first+count of src's panel i, with first the
// first column of dst's panel j, into that.
func (p *Pool) turn(dst *Matrix, j int, src *Matrix, i, count int) {
	row := i * src.width
	p.table.Pack(dst.panel(j, row), src.panel(i, j*dst.width), count, min(src.width, src.Cols-row), src.width)
}

// AddTranspose: dst = c·(dst + dstᵀ), for a square matrix, with the help of a
// scratch matrix of the same shape.
func (p *Pool) AddTranspose(dst *Matrix, c float64, scratch *Matrix) {
	if dst.Rows <= fewRows {
		dst.addTranspose(c)
		return
	}
	p.Transpose(scratch, dst)
	p.AddScaled(dst, 1, scratch)
	if c != 1 {
		p.Scale(dst, c)
	}
}

// fewRows is up to what size a matrix is turned element by element.
const fewRows = 24

func (m *Matrix) addTranspose(c float64) {
	n, w := m.Rows, m.width
	for j := range n {
		column := m.data[j/w*n*w+j%w:]
		for i := j; i < n; i++ {
			other := &m.data[(i/w*n+j)*w+i%w]
			v := c * (column[i*w] + *other)
			column[i*w], *other = v, v
		}
	}
}

// mirror copies what is below the diagonal of a square matrix to above it.
func (p *Pool) mirror(m *Matrix) {
	if m.Rows <= fewRows {
		m.mirror()
		return
	}
	for j := range m.panels() {
		first := j * m.width
		count := min(m.width, m.Cols-first)
		for i := range j {
			p.turn(m, j, m, i, count)
		}
		for r := range count {
			for c := r + 1; c < count; c++ {
				m.Set(first+r, first+c, m.At(first+c, first+r))
			}
		}
	}
}

func (m *Matrix) mirror() {
	n, w := m.Rows, m.width
	for j := range n {
		column := m.data[j/w*n*w+j%w:]
		for i := j + 1; i < n; i++ {
			m.data[(i/w*n+j)*w+i%w] = column[i*w]
		}
	}
}

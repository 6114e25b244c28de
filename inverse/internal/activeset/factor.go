package activeset

import "math"

// A factor is the Cholesky factor L of Ã_SS, for a support S that grows and
// shrinks, with y = L⁻¹·b of the right-hand side b that belongs to it. Rows are
// packed one after the other: row i has i+1 elements.
type factor struct {
	n      int
	l      []float64
	inv    []float64 // 1/L_ii
	schur  []float64 // L_ii² as it was before the root, see [factor.extend]
	y      []float64
	cs, sn []float64 // rotations of [factor.remove]
}

// reserve makes room for another row.
func (f *factor) reserve() {
	if f.n < len(f.inv) {
		return
	}
	n := f.n + f.n/2 + 16
	f.l = extended(f.l, n*(n+1)/2)
	f.inv, f.schur, f.y = extended(f.inv, n), extended(f.schur, n), extended(f.y, n)
	f.cs, f.sn = extended(f.cs, n), extended(f.sn, n)
}

// copy sets f to src.
func (f *factor) copy(src *factor) {
	for f.n = len(f.inv); f.n < src.n; f.n = len(f.inv) {
		f.reserve()
	}
	n := src.n
	f.n = n
	copy(f.l, src.l[:n*(n+1)/2])
	copy(f.inv, src.inv[:n])
	copy(f.schur, src.schur[:n])
	copy(f.y, src.y[:n])
}

// row is row i up to its diagonal, i+1 elements.
func (f *factor) row(i int) []float64 { return f.l[i*(i+1)/2:][: i+1 : i+1] }

// extend writes the next row, L⁻¹·Ã_Sj, and returns what is left of the diagonal
// element, the Schur complement
//
//	s = Ã_jj − ‖L⁻¹·Ã_Sj‖²
//
// which is the squared distance of column j of W from the span of S. It is given
// row j of Ã and S in the factor's order.
func (f *factor) extend(a []float64, support []int, j int) (s float64) {
	f.reserve()
	v := f.row(f.n)[:f.n]
	support = support[:len(v)]
	at := 0
	for i := range v {
		x := a[support[i]]
		if i < 8 {
			for k, l := range f.l[at : at+i] {
				x -= l * v[k]
			}
		} else {
			x -= dot(f.l[at:at+i], v[:i])
		}
		v[i] = x * f.inv[i]
		at += i + 1
	}
	return a[j] - dot(v, v)
}

// push takes in the row that extend wrote, with s > 0, and b's new element.
func (f *factor) push(s, b float64) {
	n := f.n
	row := f.row(n)
	root := math.Sqrt(s)
	row[n], f.inv[n], f.schur[n] = root, 1/root, s
	f.y[n] = (b - dot(row[:n], f.y[:n])) * f.inv[n]
	f.n++
}

// remove takes row and column p out: the rows below move up, and rotations of
// neighbouring columns make them triangular again. y turns with them.
func (f *factor) remove(p int) {
	last := f.n - 1
	for r := p; r < last; r++ {
		src, dst := f.l[(r+1)*(r+2)/2:][:r+2], f.row(r)
		copy(dst[:p], src[:p])
		x := src[p]
		for i := p; i < r; i++ {
			c, s, next := f.cs[i], f.sn[i], src[i+1]
			dst[i], x = c*x+s*next, c*next-s*x
		}
		next := src[r+1]
		h := math.Hypot(x, next)
		c, s := x/h, next/h
		f.cs[r], f.sn[r] = c, s
		dst[r], f.inv[r], f.schur[r] = h, 1/h, h*h
		f.y[r], f.y[r+1] = c*f.y[r]+s*f.y[r+1], c*f.y[r+1]-s*f.y[r]
	}
	f.n = last
}

// forward overwrites b with L⁻¹·b.
func (f *factor) forward(b []float64) {
	at := 0
	for i := range b[:f.n] {
		b[i] = (b[i] - dot(f.l[at:at+i], b[:i])) * f.inv[i]
		at += i + 1
	}
}

// backward overwrites b with L⁻ᵀ·b.
func (f *factor) backward(b []float64) {
	for i := f.n - 1; i >= 0; i-- {
		x := b[i] * f.inv[i]
		b[i] = x
		addScaled(b[:i], -x, f.row(i))
	}
}

// dot is the inner product, in four sums so that additions do not wait for each other.
func dot(a, b []float64) float64 {
	b = b[:len(a)]
	var s0, s1, s2, s3 float64
	i := 0
	for ; i <= len(a)-4; i += 4 {
		x, y := (*[4]float64)(a[i:]), (*[4]float64)(b[i:])
		s0 += x[0] * y[0]
		s1 += x[1] * y[1]
		s2 += x[2] * y[2]
		s3 += x[3] * y[3]
	}
	for ; i < len(a); i++ {
		s0 += a[i] * b[i]
	}
	return (s0 + s1) + (s2 + s3)
}

// addScaled: dst += c·src over dst's length.
func addScaled(dst []float64, c float64, src []float64) {
	src = src[:len(dst)]
	i := 0
	for ; i <= len(dst)-4; i += 4 {
		x, y := (*[4]float64)(dst[i:]), (*[4]float64)(src[i:])
		x[0] += c * y[0]
		x[1] += c * y[1]
		x[2] += c * y[2]
		x[3] += c * y[3]
	}
	for ; i < len(dst); i++ {
		dst[i] += c * src[i]
	}
}

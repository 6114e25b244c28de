package engine

import (
	"math"
	"slices"
)

// factor is a Cholesky factor L of a symmetric positive definite matrix on some
// indices, A_SS = L·Lᵀ.
type factor struct {
	indices []int
	l       []float64 // row i from i·len(indices) on
}

// of reports whether the factor is that of the indices.
func (f *factor) of(indices []int) bool { return f.indices != nil && slices.Equal(f.indices, indices) }

// forget makes the factor that of nothing.
func (f *factor) forget() { f.indices = nil }

// set factorises the matrix of the given elements, known to a relative eps. It
// reports whether that is positive definite beyond doubt: every pivot, what is left
// of a diagonal element, is more than what rounding alone could leave of the
// largest one.
func (f *factor) set(indices []int, eps float64, at func(a, b int) float64) bool {
	n := len(indices)
	f.indices = append(f.indices[:0], indices...)
	if f.indices == nil {
		f.indices = []int{}
	}
	f.l = resize(f.l, n*n)
	largest := 0.0
	for _, a := range indices {
		largest = max(largest, at(a, a))
	}
	least := 8 * float64(n) * eps * largest
	for i, a := range indices {
		row := f.l[i*n : i*n+i+1]
		for j, b := range indices[:i] {
			other := f.l[j*n : j*n+j+1]
			row[j] = (at(a, b) - dot(row[:j], other[:j])) / other[j]
		}
		pivot := at(a, a) - dot(row[:i], row[:i])
		if !(pivot > least) || math.IsInf(pivot, 0) {
			return false
		}
		row[i] = math.Sqrt(pivot)
	}
	return true
}

// solve replaces b by A_SS⁻¹·b.
func (f *factor) solve(b []float64) {
	n := len(f.indices)
	for i := range n {
		row := f.l[i*n : i*n+i+1]
		b[i] = (b[i] - dot(row[:i], b[:i])) / row[i]
	}
	for i := n - 1; i >= 0; i-- {
		row := f.l[i*n : i*n+i+1]
		b[i] /= row[i]
		for j, v := range row[:i] {
			b[j] -= float64(v * b[i])
		}
	}
}

// dot is ⟨a, b⟩ in four sums, so that an addition need not wait for the one before.
func dot(a, b []float64) float64 {
	var s [4]float64
	b = b[:len(a)]
	for ; len(a) >= 4; a, b = a[4:], b[4:] {
		s[0] += float64(a[0] * b[0])
		s[1] += float64(a[1] * b[1])
		s[2] += float64(a[2] * b[2])
		s[3] += float64(a[3] * b[3])
	}
	for i, v := range a {
		s[0] += float64(v * b[i])
	}
	return (s[0] + s[1]) + (s[2] + s[3])
}

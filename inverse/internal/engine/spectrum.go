package engine

import (
	"math"
	"math/rand/v2"

	"github.com/inversenet/inversenet/inverse/internal/dense"
	"github.com/inversenet/inversenet/kernels"
)

// LargestEigenvalue is λmax of WᵀW, for the row-major rows × cols matrix W of
// finite numbers, to a relative 1e-10: by the Lanczos process on the smaller of
// WᵀW and W·Wᵀ, in float64 and with full reorthogonalisation, from two random
// starts, which must agree, or from more. It is +Inf where the eigenvalue is.
func LargestEigenvalue[T Float](w []T, rows, cols int) float64 {
	var largest float64
	for _, v := range w[:rows*cols] {
		largest = max(largest, math.Abs(float64(v)))
	}
	if largest == 0 {
		return 0
	}
	// A power of two scales without rounding, and keeps squares in range.
	_, exponent := math.Frexp(largest)
	apply := gramOperator(w, rows, cols, -exponent)
	n := min(rows, cols)
	const agreement = 1e-11
	best := lanczos(n, 1, apply)
	for seed := uint64(2); seed < 8; seed++ {
		other := lanczos(n, seed, apply)
		agree := math.Abs(other-best) <= agreement*max(other, best)
		best = max(best, other)
		if agree {
			break
		}
	}
	return math.Ldexp(best, 2*exponent)
}

// mostSquared is up to which size the Gram matrix is formed: beyond it, two
// products with W are cheaper than its rows.
const mostSquared = 1 << 10

// gramOperator returns dst = G·v for the smaller Gram matrix of W·2^exponent.
func gramOperator[T Float](w []T, rows, cols, exponent int) func(dst, v []float64) {
	scale := math.Ldexp(1, exponent)
	if exponent < -1022 || exponent > 1023 { // 2^exponent is no normal number
		return scaledOperator(w, rows, cols, exponent)
	}
	if min(rows, cols) > mostSquared {
		return scaledOperator(w, rows, cols, exponent)
	}
	pool := dense.NewPool(kernels.Default[float64](), 1)
	m := pool.New(rows, cols)
	for i := range rows {
		dense.SetRow(m, i, 0, scale, w[i*cols:(i+1)*cols])
	}
	n := min(rows, cols)
	square := pool.New(n, n)
	if cols <= rows {
		pool.MulSymmetric(square, m, true, m, nil)
	} else {
		t := pool.New(cols, rows)
		pool.Transpose(t, m)
		pool.MulSymmetric(square, m, false, t, nil)
	}
	g := make([]float64, n*n)
	for i := range n {
		dense.GetRow(g[i*n:(i+1)*n], square, i, 0, 1)
	}
	return func(dst, v []float64) {
		for i := range dst {
			dst[i] = dot(g[i*n:(i+1)*n], v)
		}
	}
}

// scaledOperator applies W and its transpose one after the other.
func scaledOperator[T Float](w []T, rows, cols, exponent int) func(dst, v []float64) {
	image := make([]float64, max(rows, cols))
	m := make([]float64, rows*cols)
	for i, v := range w[:rows*cols] {
		m[i] = math.Ldexp(float64(v), exponent)
	}
	down := func(dst, v []float64) { // m·v
		for i := range dst {
			dst[i] = dot(m[i*cols:(i+1)*cols], v)
		}
	}
	up := func(dst, v []float64) { // mᵀ·v
		clear(dst)
		for i, c := range v {
			for j, x := range m[i*cols : (i+1)*cols] {
				dst[j] += float64(c * x)
			}
		}
	}
	if cols <= rows {
		return func(dst, v []float64) { down(image[:rows], v); up(dst, image[:rows]) }
	}
	return func(dst, v []float64) { up(image[:cols], v); down(dst, image[:cols]) }
}

// lanczos is the largest eigenvalue of a positive semidefinite operator on n
// numbers, found from a random start (Lanczos, 1950). It ends when more steps no
// longer change it, when the space is exhausted, or after n of them.
func lanczos(n int, seed uint64, apply func(dst, v []float64)) float64 {
	const between, settled = 4, 1e-13
	var basis, diagonal, off []float64
	v, next := make([]float64, n), make([]float64, n)
	startVector(v, seed)
	last, scale, still := 0.0, 0.0, 0
	for step := 1; step <= n; step++ {
		basis = append(basis, v...)
		apply(next, v)
		alpha := dot(next, v)
		diagonal = append(diagonal, alpha)
		beta := orthogonalise(next, basis, alpha, off)
		scale = max(scale, alpha, beta)
		exhausted := beta <= settled*scale
		if step%between == 0 || step == n || exhausted {
			top := largestOfTridiagonal(diagonal, off, last)
			if math.Abs(top-last) <= settled*top {
				still++
			} else {
				still = 0
			}
			last = top
			if still == 2 || exhausted {
				break
			}
		}
		off = append(off, beta)
		for i, x := range next {
			v[i] = x / beta
		}
	}
	return last
}

// orthogonalise takes from v its parts along the basis, vectors of its length one
// after the other, and returns the norm that is left. In exact arithmetic those
// along the last two, alpha and the last of off, would be all.
func orthogonalise(v, basis []float64, alpha float64, off []float64) float64 {
	n := len(v)
	count := len(basis) / n
	addTo(v, -alpha, basis[(count-1)*n:])
	if count > 1 {
		addTo(v, -off[count-2], basis[(count-2)*n:])
	}
	norm := math.Sqrt(dot(v, v))
	for range 2 { // twice is enough (Parlett, after Kahan)
		for i := range count {
			b := basis[i*n : (i+1)*n]
			addTo(v, -dot(v, b), b)
		}
		before := norm
		norm = math.Sqrt(dot(v, v))
		if norm > before/2 {
			break
		}
	}
	return norm
}

// addTo computes v += c·b.
func addTo(v []float64, c float64, b []float64) {
	b = b[:len(v)]
	for i, x := range b {
		v[i] += float64(c * x)
	}
}

// startVector sets v to a random direction.
func startVector(v []float64, seed uint64) {
	rng := rand.New(rand.NewPCG(seed, 0x1a9c205))
	for i := range v {
		v[i] = rng.NormFloat64()
	}
	normalise(v)
}

func normalise(v []float64) {
	norm := math.Sqrt(dot(v, v))
	for i := range v {
		v[i] /= norm
	}
}

// largestOfTridiagonal is the largest eigenvalue of a symmetric tridiagonal matrix,
// by bisection on the signs of its pivots, from a lower bound.
func largestOfTridiagonal(diagonal, off []float64, low float64) float64 {
	high := low
	for i, d := range diagonal {
		if i > 0 {
			d += math.Abs(off[i-1])
		}
		if i < len(diagonal)-1 {
			d += math.Abs(off[i])
		}
		high = max(high, d)
	}
	for range 200 {
		middle := low + float64((high-low)/2)
		if middle <= low || middle >= high {
			break
		}
		if above(diagonal, off, middle) {
			low = middle
		} else {
			high = middle
		}
	}
	return high
}

// above reports whether an eigenvalue exceeds x: whether a pivot of T − x is
// positive.
func above(diagonal, off []float64, x float64) bool {
	pivot := 1.0
	for i, d := range diagonal {
		next := d - x
		if i > 0 {
			next -= float64(off[i-1] / pivot * off[i-1])
		}
		if next > 0 {
			return true
		}
		if next == 0 {
			next = -math.SmallestNonzeroFloat64
		}
		pivot = next
	}
	return false
}

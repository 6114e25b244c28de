package activeset

import (
	"fmt"
	"math"

	"github.com/inversenet/inversenet/kernels"
)

// A Gram holds A = WᵀW + ridge·I for any number of problems and solvers, scaled
// to a diagonal between ½ and 2: with D a diagonal of powers of two,
//
//	Ã = D⁻¹·A·D⁻¹      c̃ = D⁻¹·c      z̃ = D·z
//
// Scaling by powers of two rounds nothing, and makes one tolerance fit columns of
// W of any size. A Gram is read-only between calls of Set and may be shared.
type Gram struct {
	table  *kernels.Table[float64]
	k      int
	stride int       // of a: k rounded up to whole panel rows, so that rows suit the kernels
	a      []float64 // Ã, padded with zeros
	up     []float64 // the diagonal of D, 1 where A's is 0
	down   []float64 // its inverse
	dead   []bool    // columns of zeros
	sums   []float64 // Ã·1
	total  float64   // 1ᵀ·Ã·1
}

// NewGram returns a Gram of no latents, to be set.
func NewGram(t *kernels.Table[float64]) *Gram {
	return &Gram{table: t}
}

// Latents is K.
func (g *Gram) Latents() int { return g.k }

// Set copies the symmetric k×k matrix a, row-major with the given stride. Memory
// is kept from call to call. It panics when the shape does not fit. All elements
// must be finite, and a positive semidefinite to working precision.
func (g *Gram) Set(k int, a []float64, stride int) {
	if k < 1 || stride < k || len(a) < (k-1)*stride+k {
		panic(fmt.Sprintf("activeset: %d latents with stride %d do not fit a Gram matrix of %d elements", k, stride, len(a)))
	}
	width := g.table.Width()
	g.k, g.stride = k, (k+width-1)/width*width
	g.a = resize(g.a, g.k*g.stride)
	g.sums, g.total = resize(g.sums, k), 0
	g.up, g.down, g.dead = resize(g.up, k), resize(g.down, k), resize(g.dead, k)
	for j := range k {
		d := a[j*stride+j]
		g.dead[j] = !(d > 0)
		g.up[j], g.down[j] = 1, 1
		if !g.dead[j] {
			_, e := math.Frexp(math.Sqrt(d))
			// √d lies in [½, 1)·2ᵉ; the nearer of 2ᵉ and 2ᵉ⁻¹ keeps the diagonal in [½, 2).
			if d < math.Ldexp(0.5, 2*e) {
				e--
			}
			g.up[j], g.down[j] = math.Ldexp(1, e), math.Ldexp(1, -e)
		}
	}
	for i := range k {
		row := g.a[i*g.stride:][:g.stride]
		sum := 0.0
		for j, v := range a[i*stride:][:k] {
			row[j] = v * g.down[i] * g.down[j]
			sum += row[j]
		}
		clear(row[k:])
		g.sums[i] = sum
		g.total += sum
	}
}

// row is row j of Ã.
func (g *Gram) row(j int) []float64 { return g.a[j*g.stride:][:g.stride] }

// resize returns a slice of n elements, v itself where it is large enough.
func resize[T any](v []T, n int) []T {
	if cap(v) < n {
		return make([]T, n)
	}
	return v[:n]
}

// extended returns v with n elements, the first of them as they were.
func extended[T any](v []T, n int) []T {
	return append(v, make([]T, n-len(v))...)
}

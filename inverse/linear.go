package inverse

import (
	"fmt"
	"math"
)

// Linear is the generator x = W·z + b; as a head, it reads o = W·z + b.
//
// W is pixels × latents, so column k is the image that latent k adds: its atom.
// The stride of W is its number of columns. A nil Bias is no bias, and none is
// trained then.
type Linear[T Float] struct {
	W    Matrix[T]
	Bias []T
}

// NewLinear returns a generator of zeros; it has a bias when bias is true.
func NewLinear[T Float](pixels, latents int, bias bool) *Linear[T] {
	g := &Linear[T]{W: NewMatrix[T](pixels, latents)}
	if bias {
		g.Bias = make([]T, pixels)
	}
	return g
}

// Pixels is the number of elements of an observation x.
func (g *Linear[T]) Pixels() int { return g.W.Rows }

// Latents is the number of elements of a latent z.
func (g *Linear[T]) Latents() int { return g.W.Cols }

// Generate computes x = W·z + b for every row z of the latents; dst has a row of
// pixels for each. It panics, before it writes, when shapes do not fit.
func (g *Linear[T]) Generate(dst, z Matrix[T]) {
	g.check()
	z.mustBe("latents", -1, g.Latents())
	dst.mustBe("dst", z.Rows, g.Pixels())
	for i := range z.Rows {
		zi, xi := z.Row(i), dst.Row(i)
		for j := range xi {
			var v T
			if g.Bias != nil {
				v = g.Bias[j]
			}
			for k, w := range g.W.Row(j) {
				v += w * zi[k]
			}
			xi[j] = v
		}
	}
}

// LambdaMax is the largest eigenvalue of WᵀW, by power iteration in float64
// until it changes by less than 1e-10 of itself, at most 10,000 times. Plain
// inner descent converges for steps s = α·r < 2/λmax.
func (g *Linear[T]) LambdaMax() float64 {
	v := make([]float64, g.Latents())
	for k := range v {
		// An uneven start, so that it is orthogonal to no eigenvector of note.
		v[k] = 1 + 1/float64(k+2)
	}
	u := make([]float64, g.Pixels())
	var lambda float64
	for range 10_000 {
		norm := math.Sqrt(dot(v, v))
		if norm == 0 || math.IsNaN(norm) || math.IsInf(norm, 0) {
			return norm
		}
		for k := range v {
			v[k] /= norm
		}
		g.gramTimes(v, u)
		last := lambda
		lambda = dot(u, u)
		if math.Abs(lambda-last) <= 1e-10*lambda {
			break
		}
	}
	return lambda
}

// gramTimes sets u = W·v, then v = Wᵀ·u.
func (g *Linear[T]) gramTimes(v, u []float64) {
	for j := range u {
		u[j] = 0
		for k, w := range g.W.Row(j) {
			u[j] += float64(w) * v[k]
		}
	}
	clear(v)
	for j, uj := range u {
		for k, w := range g.W.Row(j) {
			v[k] += float64(w) * uj
		}
	}
}

func dot(a, b []float64) (s float64) {
	for i, v := range a {
		s += v * b[i]
	}
	return s
}

// Parameters lists W and, if there is one, the bias.
func (g *Linear[T]) Parameters() []Parameter[T] {
	params := []Parameter[T]{{Name: "W", Shape: []int{g.W.Rows, g.W.Cols}, Values: g.W.Data[:g.W.Rows*g.W.Cols]}}
	if g.Bias != nil {
		params = append(params, Parameter[T]{Name: "bias", Shape: []int{len(g.Bias)}, Values: g.Bias})
	}
	return params
}

// check panics when the parameters are not what their shapes say.
func (g *Linear[T]) check() {
	g.W.mustBe("W", -1, -1)
	if g.W.Rows < 1 || g.W.Cols < 1 {
		panic(fmt.Sprintf("inverse: W is %d×%d, want at least 1×1", g.W.Rows, g.W.Cols))
	}
	if g.W.Stride != g.W.Cols {
		panic(fmt.Sprintf("inverse: W has %d columns and stride %d, want them equal", g.W.Cols, g.W.Stride))
	}
	if g.Bias != nil && len(g.Bias) != g.W.Rows {
		panic(fmt.Sprintf("inverse: %d biases for %d pixels", len(g.Bias), g.W.Rows))
	}
}

func (g *Linear[T]) appendValues(dst [][]T) [][]T {
	dst = append(dst, g.W.Data[:g.W.Rows*g.W.Cols])
	if g.Bias != nil {
		dst = append(dst, g.Bias)
	}
	return dst
}

func (g *Linear[T]) finite() bool { return finite(g.W.Data[:g.W.Rows*g.W.Cols]) && finite(g.Bias) }

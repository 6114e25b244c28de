package inverse

import (
	"fmt"
	"math"

	"github.com/inversenet/inversenet/inverse/internal/engine"
	"github.com/inversenet/inversenet/kernels"
)

// Linear is the generator x = W·z + b; as a head, it reads o = W·z + b.
//
// W is pixels × latents, so column k is the image that latent k adds: its atom.
// The stride of W is its number of columns. A nil Bias is no bias, and none is
// trained then.
type Linear[T Float] struct {
	W    Matrix[T] // pixels × latents
	Bias []T       // b, one for each pixel, or nil
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
// pixels for each. It panics, before it writes, when shapes do not fit or dst and z
// share memory.
func (g *Linear[T]) Generate(dst, z Matrix[T]) { generate[T](g, dst, z) }

// LambdaMax is the largest eigenvalue of WᵀW, to a relative 1e-10: by the Lanczos
// process in float64. Plain inner descent converges for steps s = α·r < 2/λmax. It
// is NaN when an element of W is NaN or infinite.
func (g *Linear[T]) LambdaMax() float64 {
	g.check()
	w := g.W.Data[:g.W.Rows*g.W.Cols]
	if !engine.Finite(w) {
		return math.NaN()
	}
	return engine.LargestEigenvalue(w, g.W.Rows, g.W.Cols)
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

// describe sets dst to one layer.
func (g *Linear[T]) describe(dst *engine.Generator[T]) {
	dst.Layers = dst.Layers[:0]
	g.addLayer(dst)
	dst.Pixels, dst.Latents = g.W.Rows, g.W.Cols
}

// addLayer appends the layer to those of dst.
func (g *Linear[T]) addLayer(dst *engine.Generator[T]) {
	g.check()
	dst.Layers = append(dst.Layers, engine.Layer[T]{Rows: g.W.Rows, Cols: g.W.Cols, W: g.W.Data[:g.W.Rows*g.W.Cols], Bias: g.Bias})
}

// generate runs a generator of this package on rows.
func generate[T Float](g own[T], dst, z Matrix[T]) {
	var description engine.Generator[T]
	g.describe(&description)
	z.mustBe("latents", -1, description.Latents)
	dst.mustBe("dst", z.Rows, description.Pixels)
	mustBeApart("dst", dst, "latents", z)
	dst.mustSpare("dst", g.appendValues(nil), "the generator's parameters")
	engine.Generate(kernels.Default[T](), &description, engine.Batch[T](dst), engine.Batch[T](z))
}

func (g *Linear[T]) finite() bool {
	return engine.Finite(g.W.Data[:g.W.Rows*g.W.Cols]) && engine.Finite(g.Bias)
}

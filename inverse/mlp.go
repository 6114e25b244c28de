package inverse

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/inversenet/inversenet/inverse/internal/engine"
	"github.com/inversenet/inversenet/kernels"
)

// MLP is a multilayer perceptron, as a generator or as a head:
//
//	y_0 = z      y_l = σ_l(W_l·y_{l−1} + b_l)      x = y_L
type MLP[T Float] struct {
	// Layers hold W_l and b_l, first to last; each reads what the one before it
	// gives. A layer with a nil Bias has none.
	Layers []*Linear[T]
	// Activation is σ_l of all layers but the last.
	Activation kernels.Activation
	// Output is σ_L; the zero value is the identity.
	Output kernels.Activation
}

// NewMLP returns a perceptron with the given numbers of elements, of the latent
// first, of each hidden layer, of the observation last; {10, 32, 64} has one
// hidden layer. The output is the identity's.
//
// The biases are zero and the weights of a layer with n inputs are normal with
// variance 1/n, which keeps the size of what passes through (LeCun et al., 1998),
// or 2/n behind a [kernels.ReLU], which drops half of it (He et al., 2015). It
// panics when sizes are fewer than two or not positive.
func NewMLP[T Float](sizes []int, activation kernels.Activation, rng *rand.Rand) *MLP[T] {
	if len(sizes) < 2 {
		panic(fmt.Sprintf("inverse: a perceptron of sizes %v, want at least those of the latent and the observation", sizes))
	}
	for _, n := range sizes {
		if n < 1 {
			panic(fmt.Sprintf("inverse: a perceptron of sizes %v, want them positive", sizes))
		}
	}
	g := &MLP[T]{Activation: activation, Layers: make([]*Linear[T], len(sizes)-1)}
	for l := range g.Layers {
		variance := 1 / float64(sizes[l])
		if l > 0 && activation == kernels.ReLU {
			variance *= 2
		}
		g.Layers[l] = NewLinear[T](sizes[l+1], sizes[l], true)
		for i := range g.Layers[l].W.Data {
			g.Layers[l].W.Data[i] = T(math.Sqrt(variance) * rng.NormFloat64())
		}
	}
	return g
}

// Pixels is the number of elements of an observation x.
func (g *MLP[T]) Pixels() int { return g.Layers[len(g.Layers)-1].Pixels() }

// Latents is the number of elements of a latent z.
func (g *MLP[T]) Latents() int { return g.Layers[0].Latents() }

// Parameters lists W1, b1, W2, b2 and so on; layers without a bias have no b.
func (g *MLP[T]) Parameters() []Parameter[T] {
	params := make([]Parameter[T], 0, 2*len(g.Layers))
	for l, layer := range g.Layers {
		for i, p := range layer.Parameters() {
			p.Name = fmt.Sprintf("%c%d", "Wb"[i], l+1)
			params = append(params, p)
		}
	}
	return params
}

// Generate computes x = G(z) for every row z of the latents; dst has a row of
// pixels for each. It panics, before it writes, when shapes do not fit or dst and z
// share memory.
func (g *MLP[T]) Generate(dst, z Matrix[T]) { generate[T](g, dst, z) }

// describe sets dst to the layers.
func (g *MLP[T]) describe(dst *engine.Generator[T]) {
	g.check()
	dst.Layers = dst.Layers[:0]
	for _, layer := range g.Layers {
		layer.addLayer(dst)
	}
	dst.Pixels, dst.Latents, dst.Hidden, dst.Output = g.Pixels(), g.Latents(), g.Activation, g.Output
}

func (g *MLP[T]) appendValues(dst [][]T) [][]T {
	for _, layer := range g.Layers {
		dst = layer.appendValues(dst)
	}
	return dst
}

func (g *MLP[T]) finite() bool {
	for _, layer := range g.Layers {
		if !layer.finite() {
			return false
		}
	}
	return true
}

// check panics when the layers are not what their shapes say, or do not fit each
// other.
func (g *MLP[T]) check() {
	if len(g.Layers) == 0 {
		panic("inverse: a perceptron without layers, want at least 1")
	}
	for l, layer := range g.Layers {
		if layer == nil {
			panic(fmt.Sprintf("inverse: layer %d of the perceptron is nil", l+1))
		}
		layer.check()
		if l > 0 && layer.Latents() != g.Layers[l-1].Pixels() {
			panic(fmt.Sprintf("inverse: layer %d of the perceptron reads %d elements, the one before it gives %d", l+1, layer.Latents(), g.Layers[l-1].Pixels()))
		}
	}
}

package engine

import (
	"fmt"
	"unsafe"

	"github.com/inversenet/inversenet/kernels"
)

// A Layer is one affine map, a = W·y + b.
type Layer[T Float] struct {
	Rows, Cols int // outputs and inputs
	W          []T // row-major, without gaps
	Bias       []T // nil for none
}

// A Generator is all that an engine knows of a generator or a head. It is handed
// over anew in every call, so that nothing of it can be stale: the shapes must
// stay, weights and biases may be others.
type Generator[T Float] struct {
	Pixels, Latents int
	// Layers with Hidden activations in between and Output after the last.
	Layers         []Layer[T]
	Hidden, Output kernels.Activation
	// Physics, when not nil, stands in place of layers; Lengths are those of its
	// parameters, and LambdaMax, when not nil, is the largest eigenvalue of JᵀJ.
	Physics   Physics[T]
	Lengths   []int
	LambdaMax func() float64
}

// Physics is a generator of the user's own, on one sample at a time.
type Physics[T Float] interface {
	// Forward sets x = G(z).
	Forward(x, z []T)
	// Gradient sets dz = Jᵀ·r for the Jacobian J of G at z.
	Gradient(dz, z, r []T)
}

// SecondOrder is what an adjoint needs of a Physics besides.
type SecondOrder[T Float] interface {
	// Differentiate sets dz = ∂h/∂z and adds ∂h/∂φ to dparams, nil where it is not
	// wanted, for h = ⟨v, Jᵀ·r⟩ with r = G(z) − x.
	Differentiate(dz []T, dparams [][]T, z, r, v []T)
}

// Tangent is what the gradient in x needs of a Physics besides.
type Tangent[T Float] interface {
	// Tangent sets dx = J·v.
	Tangent(dx, z, v []T)
}

// Affine reports whether the generator is x = W·z + b.
func (g *Generator[T]) Affine() bool {
	return g.Physics == nil && len(g.Layers) == 1 && g.Output == kernels.Identity
}

// check panics unless the generator has the shapes of another.
func (g *Generator[T]) check(was *Generator[T]) {
	if g.Pixels != was.Pixels || g.Latents != was.Latents || len(g.Layers) != len(was.Layers) {
		panic(fmt.Sprintf("inverse: the generator has %d pixels, %d latents and %d layers, it had %d, %d and %d when this was made: make a new one",
			g.Pixels, g.Latents, len(g.Layers), was.Pixels, was.Latents, len(was.Layers)))
	}
	for l := range g.Layers {
		if a, b := &g.Layers[l], &was.Layers[l]; a.Rows != b.Rows || a.Cols != b.Cols {
			panic(fmt.Sprintf("inverse: layer %d is %d×%d, it was %d×%d when this was made: make a new one", l+1, a.Rows, a.Cols, b.Rows, b.Cols))
		}
	}
}

// shape is a copy of the generator without references to weights.
func (g *Generator[T]) shape() Generator[T] {
	s := *g
	s.Layers = make([]Layer[T], len(g.Layers))
	for l := range g.Layers {
		s.Layers[l] = Layer[T]{Rows: g.Layers[l].Rows, Cols: g.Layers[l].Cols}
	}
	return s
}

// known is a copy of the weights that something was derived from.
type known[T Float] struct {
	valid  bool
	biased []bool
	values []T
}

// are reports whether the generator's weights are those, bit by bit. The weights
// of a Physics are its own business, and never are.
func (k *known[T]) are(g *Generator[T]) bool {
	if !k.valid || g.Physics != nil {
		return false
	}
	at := 0
	for l := range g.Layers {
		layer := &g.Layers[l]
		if k.biased[l] != (layer.Bias != nil) {
			return false
		}
		for _, s := range [2][]T{layer.W, layer.Bias} {
			if !kernels.SameBits(k.values[at:at+len(s)], s) {
				return false
			}
			at += len(s)
		}
	}
	return true
}

// remember takes a copy.
func (k *known[T]) remember(g *Generator[T]) {
	k.valid, k.biased, k.values = true, k.biased[:0], k.values[:0]
	for l := range g.Layers {
		k.biased = append(k.biased, g.Layers[l].Bias != nil)
		k.values = append(append(k.values, g.Layers[l].W...), g.Layers[l].Bias...)
	}
}

// sizeof is the size of an element in bytes.
func sizeof[T Float]() int {
	var x T
	return int(unsafe.Sizeof(x))
}

package inverse

import (
	"fmt"

	"github.com/inversenet/inversenet/inverse/internal/engine"
	"github.com/inversenet/inversenet/kernels"
)

// A Generator maps a latent z to an observation x = G(z). [Linear], [Activated]
// and [MLP] run on kernels; a user's own implements [Physics].
type Generator[T Float] interface {
	// Pixels is the number of elements of an observation x.
	Pixels() int
	// Latents is the number of elements of a latent z.
	Latents() int
	// Parameters lists what training moves; the slices are the parameters
	// themselves.
	Parameters() []Parameter[T]
	// Generate computes x = G(z) for every row z; dst has a row of pixels for
	// each. It panics, before it writes, when shapes do not fit.
	Generate(dst, z Matrix[T])
}

// A Parameter is a named array of a generator or a head.
type Parameter[T Float] struct {
	Name   string // W, bias, W1, b1 and so on; unique in its generator
	Shape  []int  // rows and columns of a matrix, the length of a vector
	Values []T    // row-major; the parameter itself, not a copy
}

// own is implemented by the generators of this package: what is needed in every
// call, without the allocations of Parameters.
type own[T Float] interface {
	Generator[T]
	// describe sets dst to what the engine needs. It panics when the parameters are
	// not what their shapes say.
	describe(dst *engine.Generator[T])
	// appendValues appends the parameter slices, in the order of Parameters.
	appendValues(dst [][]T) [][]T
	// finite reports whether no parameter is NaN or infinite.
	finite() bool
}

// ownOf is g as one of this package's generators.
func ownOf[T Float](g Generator[T]) (own[T], bool) {
	switch g := g.(type) {
	case *Linear[T]:
		return g, g != nil
	case *Activated[T]:
		return g, g != nil
	case *MLP[T]:
		return g, g != nil
	}
	return nil, false
}

// describe sets dst to what the engine needs to know of g. It panics when the
// parameters are not what their shapes say.
func describe[T Float](dst *engine.Generator[T], g Generator[T]) {
	if known, ok := ownOf(g); ok {
		known.describe(dst)
		return
	}
	dst.Pixels, dst.Latents = g.Pixels(), g.Latents()
	if dst.Pixels < 1 || dst.Latents < 1 {
		panic(fmt.Sprintf("inverse: generator of %d pixels and %d latents, want at least 1 of each", dst.Pixels, dst.Latents))
	}
	if dst.Physics != nil { // described before
		return
	}
	dst.Physics = g.(Physics[T])
	if s, ok := g.(interface{ LambdaMax() float64 }); ok {
		dst.LambdaMax = s.LambdaMax
	}
	for _, p := range g.Parameters() {
		dst.Lengths = append(dst.Lengths, len(p.Values))
	}
}

// checkGenerator returns an error for a generator of a kind that cannot be
// inverted.
func checkGenerator[T Float](name string, g Generator[T]) error {
	const allowed = "*Linear, *Activated, *MLP or one with the methods of Physics"
	if isNil(g) {
		return fmt.Errorf("%s: a nil %T, want %s", name, g, allowed)
	}
	known, ok := ownOf(g)
	if !ok {
		if _, ok := g.(Physics[T]); !ok {
			return fmt.Errorf("%s: %T, want %s", name, g, allowed)
		}
		return nil
	}
	return checkActivations(name, known)
}

// checkHead returns an error for a map that cannot be a head; nil is the identity.
func checkHead[T Float](f Generator[T]) error {
	if f == nil {
		return nil
	}
	if known, ok := ownOf(f); ok {
		return checkActivations("head", known)
	}
	return fmt.Errorf("head: a %T, want nil for the identity or a *Linear, *Activated or *MLP that is not nil", f)
}

// checkParameters returns an error that names the first parameter that is NaN or
// infinite.
func checkParameters[T Float](g Generator[T]) error {
	if known, ok := ownOf(g); ok && known.finite() {
		return nil
	}
	for _, p := range g.Parameters() {
		if engine.Finite(p.Values) {
			continue
		}
		for i, v := range p.Values {
			if v-v != 0 {
				row, col := 0, i
				if len(p.Shape) == 2 {
					row, col = i/p.Shape[1], i%p.Shape[1]
				}
				return &NonFiniteError{Name: p.Name, Row: row, Col: col, Value: float64(v)}
			}
		}
	}
	return nil
}

// values appends the parameter slices of g to dst.
func values[T Float](dst [][]T, g Generator[T]) [][]T {
	if known, ok := ownOf(g); ok {
		return known.appendValues(dst)
	}
	for _, p := range g.Parameters() {
		dst = append(dst, p.Values)
	}
	return dst
}

// like allocates slices of the same lengths.
func like[T Float](params []Parameter[T]) [][]T {
	out := make([][]T, len(params))
	for i, p := range params {
		out[i] = make([]T, len(p.Values))
	}
	return out
}

// checkGradient panics unless grads have the lengths of params and are no part of
// them, nor of each other.
func checkGradient[T Float](grads, params [][]T) {
	if len(grads) != len(params) {
		panic(fmt.Sprintf("inverse: gradient of %d parameters for %d", len(grads), len(params)))
	}
	for i, p := range params {
		if len(grads[i]) != len(p) {
			panic(fmt.Sprintf("inverse: gradient of parameter %d has %d elements, want %d", i, len(grads[i]), len(p)))
		}
		for j := range i {
			if shareMemory(grads[i], grads[j]) {
				panic("inverse: gradients of two parameters share memory: give each its own")
			}
		}
		for j := range params {
			if shareMemory(grads[i], params[j]) {
				panic("inverse: the gradient is the generator itself or shares memory with it: give it a generator of its own")
			}
		}
	}
}

// checkActivations returns an error for an activation that there is none of.
func checkActivations[T Float](name string, g own[T]) error {
	var d engine.Generator[T]
	g.describe(&d)
	for _, act := range []kernels.Activation{d.Hidden, d.Output} {
		if act < kernels.Identity || act > kernels.Softplus {
			return fmt.Errorf("%s: %v: want kernels.Identity, Sigmoid, Tanh, ReLU or Softplus", name, act)
		}
	}
	return nil
}

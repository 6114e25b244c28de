package inverse

import "fmt"

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
	Name   string
	Shape  []int
	Values []T
}

// stored is implemented by the generators of this package: what is needed in
// every call, without the allocations of Parameters.
type stored[T Float] interface {
	// appendValues appends the parameter slices, in the order of Parameters.
	appendValues(dst [][]T) [][]T
	// finite reports whether no parameter is NaN or infinite.
	finite() bool
}

// checkParameters returns an error that names the first parameter that is NaN or
// infinite.
func checkParameters[T Float](g Generator[T]) error {
	if own, ok := g.(stored[T]); ok && own.finite() {
		return nil
	}
	for _, p := range g.Parameters() {
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
	if own, ok := g.(stored[T]); ok {
		return own.appendValues(dst)
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

// checkGradient panics unless grads have the lengths of params.
func checkGradient[T Float](grads, params [][]T) {
	if len(grads) != len(params) {
		panic(fmt.Sprintf("inverse: gradient of %d parameters for %d", len(grads), len(params)))
	}
	for i, p := range params {
		if len(grads[i]) != len(p) {
			panic(fmt.Sprintf("inverse: gradient of parameter %d has %d elements, want %d", i, len(grads[i]), len(p)))
		}
	}
}

// checkShapes panics when a generator's parameters are not what its shapes say.
func checkShapes[T Float](g Generator[T]) {
	if g == nil {
		panic("inverse: no generator")
	}
	if c, ok := g.(interface{ check() }); ok {
		c.check()
	}
	if g.Pixels() < 1 || g.Latents() < 1 {
		panic(fmt.Sprintf("inverse: generator of %d pixels and %d latents, want at least 1 of each", g.Pixels(), g.Latents()))
	}
}

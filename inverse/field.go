package inverse

import "github.com/inversenet/inversenet/kernels"

// A field is the gradient of ½‖G(z) − x‖² as a function of z, with what its
// adjoint needs. There is one for each generator and form; the loop over steps
// ([unrolled]) knows none of them. It is read-only while workers use it.
type field[T Float] interface {
	// load takes over the generator's parameters.
	load()
	// newWorker returns the memory of one goroutine. One that keeps remembers
	// what the adjoint of each of the steps needs.
	newWorker(keep bool, steps int) fieldWorker[T]
	// partialLen is the length of a shard's partial gradient.
	partialLen() int
	// gradient writes the derivatives in the generator's parameters, in their
	// order, from the sum of all partials.
	gradient(grads [][]T, partial []T)
}

// A fieldWorker evaluates a field on one panel at a time. Latent panels it is
// given have whole vectors of rows, zero beyond the latents.
type fieldWorker[T Float] interface {
	// begin takes a panel's observations.
	begin(p *panel[T])
	// step: out = prox(base − s·∇f(at)), with the epilogue's base, −s and bounds.
	step(n int, out, at []T, e *kernels.Epilogue[T])
	// adjoint: out = base − ∇²f(at)·v, and, unless partial is nil, adds the
	// derivative of −⟨v, ∇f(at)⟩ in the parameters.
	adjoint(n int, out, base, at, v, partial []T)
	// finish completes a panel's contribution to the partial gradient.
	finish(partial []T)
}

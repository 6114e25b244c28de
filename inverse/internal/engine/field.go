package engine

import "github.com/inversenet/inversenet/kernels"

// A field is the gradient of ½‖G(z) − x‖² as a function of z, with what its
// adjoint needs. There is one for each kind of generator and form; the walk over
// the steps knows none of them. It is read-only while workers use it.
type field[T Float] interface {
	// load takes over the generator's parameters, whose values may be the same as
	// before, in other places.
	load(g *Generator[T], same bool)
	// newWorker returns the memory of one goroutine. It remembers what the adjoint
	// needs of as many steps in a row, and computes it again when that is 0.
	newWorker(steps int) fieldWorker[T]
	// partialLen is the length of a shard's partial gradient.
	partialLen() int
	// gradient writes the derivatives in the generator's parameters, in their
	// order, from the sum of all partials.
	gradient(grads [][]T, partial []T)
	// atoms sets dst to how long the images are that latents add, ‖W_k‖ for linear
	// generators.
	atoms(dst []float64)
}

// A fieldWorker evaluates a field on one panel at a time. Latent panels it is
// given have whole vectors of rows, zero beyond the latents.
type fieldWorker[T Float] interface {
	// begin takes a panel's observations.
	begin(p *panel[T])
	// step: out = prox(base − s·∇f(at)), with the epilogue's base, −s and bounds.
	step(n int, out, at []T, e *kernels.Epilogue[T])
	// slope: out = ∇f(at), of which nothing is remembered.
	slope(out, at []T)
	// adjoint: out = base − ∇²f(at)·v, and, unless partial is nil, adds the
	// derivatives of −⟨v, ∇f(at)⟩ in the parameters to it and those in X to the
	// panel's gradX, where that is wanted.
	adjoint(n int, out, base, at, v, partial []T)
	// finish completes a panel's contribution to the gradients.
	finish(partial []T)
	// extent sets, for each sample of the panel, how large its data are: the norm of
	// x − G(0).
	extent(dst []float64)
}

// keepResiduals is the size in bytes up to which a worker remembers what the
// adjoints of all its steps need; where it is more, that is computed again from
// the latents on the way back, to the same bits. Writing it costs less than
// computing it even where it leaves the caches.
const keepResiduals = 64 << 20

// remembered is how many steps a worker remembers of those that it may, at so
// many elements each; 1 stands for one place that serves all steps.
func remembered[T Float](steps, elements int) int {
	if steps < 1 || steps*elements*sizeof[T]() > keepResiduals {
		return 1
	}
	return steps
}

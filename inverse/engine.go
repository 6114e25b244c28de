package inverse

// An engine runs the inner loop of a generator in one of its forms. It is
// read-only while workers use it.
type engine[T Float] interface {
	// load takes over the generator's parameters and the inner step.
	load(step float64)
	// newWorker returns the memory of one goroutine. One that keeps can go
	// backward after forward.
	newWorker(keep bool) worker[T]
	// partialLen is the length of a shard's partial gradient.
	partialLen() int
	// gradient sets grad to the derivative of the loss in the generator's
	// parameters, from the sum of all partials.
	gradient(grad *Linear[T], partial []T)
}

// A worker runs an engine on one panel at a time.
type worker[T Float] interface {
	// forward takes all inner steps and returns the panel Z_N, which is valid
	// until the next call.
	forward(p *panel[T]) []T
	// backward, after forward on the same panel, takes λ = ∂L/∂Z_N through the
	// steps, adds to the partial gradient, and returns the panel ∂L/∂Z₀. It may
	// overwrite λ; lanes beyond the samples must be zero in it.
	backward(p *panel[T], lambda, partial []T) []T
}

package inverse

// An engine runs the inner loop of a generator in one of its forms. It is
// read-only while workers use it.
type engine[T Float] interface {
	// load takes over all parameters for batches of the given size.
	load(samples int)
	// newWorker returns the memory of one goroutine. One that keeps can go
	// backward after forward.
	newWorker(keep bool) worker[T]
	// partialLen is the length of a shard's partial gradient.
	partialLen() int
	// gradient sets the derivatives of the loss in all parameters, from the sum
	// of all partials.
	gradient(g *gradients[T], partial []T)
	// form is the form that runs.
	form() Form
}

// gradients receives the derivatives of a loss.
type gradients[T Float] struct {
	generator  [][]T     // in the order of the generator's parameters
	steps      []float64 // in log s of each step, nil if not wanted
	thresholds []float64 // of each latent, nil if not wanted
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

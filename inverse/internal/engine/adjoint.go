package engine

// backward is what going back through a walk needs besides.
type backward[T Float] struct {
	lambda, other []T // ∂L/∂Z_{n+1} and ∂L/∂Z_n take turns
	scaled        []T // Λ̂ = s·Λ̃
	pending       []T // what step n+1 sends to Z_n by its momentum
	sent          []T
	moved         []T // z⁺ − base
	perSample     []T
	held          []T // adjoints of samples that had stopped
	minimum       *minimum[T]
}

func newBackward[T Float](w *walker[T], size int) *backward[T] {
	p := panels[T](6, size)
	b := &backward[T]{lambda: p[0], other: p[1], scaled: p[2], pending: p[3], sent: p[4], moved: p[5],
		perSample: make([]T, w.table.Width())}
	if w.stops != nil {
		b.held = make([]T, size)
	}
	if w.settings.Adjoint.Kind == Implicit {
		b.minimum = newMinimum(w)
	}
	return b
}

// backward, after forward on the same panel, takes λ = ∂L/∂Z_N through the steps,
// adds to the partial gradient, and returns the panel ∂L/∂Z₀. Lanes beyond the
// samples must be zero in λ. It runs the adjoint of [walker.take] from the last
// step to the first one that the settings ask for. With Λ⁺ = ∂L/∂Z_{n+1}:
//
//	Λ̃ = Λ⁺ ⊙ prox'      Λ̂ = s·Λ̃      q = (∇²f(at) + ridge)·Λ̂      ∂Z_n = Λ̃ − q
//
// and what momentum adds to that, see [walker.sendBack].
func (w *walker[T]) backward(p *panel[T], lambda, partial []T) ([]T, error) {
	b := w.back
	copy(b.lambda, lambda[:w.latents*w.table.Width()])
	own := w.parts(partial)
	if b.minimum != nil {
		return w.implicit(own)
	}
	clear(b.pending)
	current, next := b.lambda, b.other
	first := max(0, w.end-w.settings.Adjoint.Back)
	for n := w.end - 1; n >= first; n-- {
		if w.halt.Load() { // what comes of it means nothing
			break
		}
		w.recall(n)
		w.gate(n, current)
		base, at := w.points(n)
		w.addInner(n, current, base, at, own)
		w.field.adjoint(n, next, current, at, b.scaled, own.field)
		if ridge := w.settings.Ridge; ridge != 0 {
			w.table.AddScaled(next, T(-ridge), b.scaled, w.latents, p.vecs)
		}
		w.sendBack(n, current, next)
		current, next = next, current
	}
	w.field.finish(own.field)
	if first > 0 {
		clear(current)
	}
	return current, nil
}

// recall makes the ring hold what the adjoint of step n looks at, by taking the
// steps of its segment again when the way back enters it.
func (w *walker[T]) recall(n int) {
	t := &w.trail
	if t.saved == nil || n == w.end-1 || (n+1)%t.segment != 0 {
		return
	}
	start := t.start(n)
	t.rewind(start)
	for i := start; i <= n; i++ {
		w.again(i)
	}
}

// gate: Λ̃ = Λ⁺ ⊙ prox' in place and Λ̂ = s·Λ̃; nothing for samples that had
// stopped before the step.
func (w *walker[T]) gate(n int, lambda []T) {
	b := w.back
	if w.stops != nil {
		copy(b.held, lambda)
	}
	lo, hi := w.bounds(n)
	w.table.Gate(lambda, b.scaled, w.z(n+1), w.latents, w.panel.vecs, T(w.sizes.at(n)), w.settings.Prox.Shape, lo, hi)
	if w.stops != nil {
		w.stops.hold(w, n, func(i int) { lambda[i], b.scaled[i] = b.held[i], 0 })
	}
}

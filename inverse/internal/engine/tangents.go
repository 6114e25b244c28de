package engine

// tangents carries derivatives along with the steps, as the article does: for each
// parameter φ of a linear generator, T = ∂Z/∂φ follows
//
//	T_y = T_n + μ·(T_n − T_{n−1})
//	T_{n+1} = prox' ⊙ (T_y − s·((∇²f + ridge)·T_at + ∂φ∇f(at)))
//	∂∇f/∂W_jk = e_k·R_j + W_jᵀ·Z_k        ∂∇f/∂b_j = W_jᵀ
//
// One recursion for each parameter: for a handful of them, not for images.
type tangents[T Float] struct {
	*walk[T]
	linear *direct[T]
	steps  int // steps that derivatives follow
}

func newTangents[T Float](w *walk[T], g *Generator[T]) *tangents[T] {
	steps := w.settings.Adjoint.Tangents
	if steps == 0 {
		steps = w.settings.Steps
	}
	return &tangents[T]{walk: w, linear: newDirect(w.table, g), steps: steps}
}

func (f *tangents[T]) load(g *Generator[T], same bool, sizes stepSizes) error {
	f.linear.load(g, same)
	return f.walk.load(g, same, sizes)
}

// partialLen: one sum for each weight, and for each bias.
func (f *tangents[T]) partialLen() int {
	layer := f.linear.linear[0]
	return layer.Rows*layer.Cols + layer.Rows
}

func (f *tangents[T]) gradient(g *Gradients[T], partial []T) {
	for _, dst := range g.Generator {
		partial = partial[copy(dst, partial):]
	}
}

// tangentWorker holds the tangents of one goroutine.
type tangentWorker[T Float] struct {
	*walker[T]
	mode      *tangents[T]
	linear    *directWorker[T]
	ts        [3][]T // T_{n−1}, T_n, T_{n+1} take turns
	ty, extra []T
	dots      []T
}

func newTangentWorker[T Float](f *tangents[T], w *walker[T]) *tangentWorker[T] {
	k := &tangentWorker[T]{walker: w, mode: f, linear: f.linear.newWorker(f.settings.Steps).(*directWorker[T])}
	p := panels[T](5, f.table.PaddedRows(f.latents)*f.table.Width())
	k.ts, k.ty, k.extra = [3][]T{p[0], p[1], p[2]}, p[3], p[4]
	k.dots = make([]T, f.table.Width())
	return k
}

// backward carries every parameter's tangent forward and meets it with λ. The
// starts get no gradient.
func (w *tangentWorker[T]) backward(p *panel[T], lambda, partial []T) ([]T, error) {
	w.linear.begin(p)
	last := min(w.mode.steps, w.end)
	if len(w.linear.steps) > 1 {
		for n := range last {
			_, at := w.points(n)
			w.residual(n, at)
		}
	}
	layer := w.linear.linear[0]
	weights := layer.Rows * layer.Cols
	for i := range partial {
		if w.halt.Load() { // what comes of it means nothing
			break
		}
		j, k := i/layer.Cols, i%layer.Cols
		if i >= weights {
			if layer.Bias == nil {
				break
			}
			j, k = i-weights, -1
		}
		t := w.tangent(j, k, last)
		clear(w.dots)
		w.table.DotRows(w.dots, lambda, t, w.latents, p.vecs)
		for _, v := range w.dots[:p.samples] {
			partial[i] += v
		}
	}
	clear(w.back.other)
	return w.back.other, nil
}

// residual returns R of step n, computed from the latents at.
func (w *tangentWorker[T]) residual(n int, at []T) []T {
	s := w.linear.at(n)
	w.linear.linearise(n, s, at, nil)
	return s.delta[0]
}

// tangent returns ∂Z/∂W_jk after the given steps, or ∂Z/∂b_j for k < 0.
func (w *tangentWorker[T]) tangent(j, k, steps int) []T {
	for _, t := range w.ts {
		clear(t)
	}
	for n := range steps {
		last, t, next := w.ts[(n+2)%3], w.ts[n%3], w.ts[(n+1)%3]
		base, at := t, t
		if mu := w.settings.Method.mu(n); mu != 0 {
			w.table.Extrapolate(w.ty, t, last, T(mu), w.latents, w.panel.vecs)
			base = w.ty
			if w.settings.Method.Ahead {
				at = w.ty
			}
		}
		w.slope(n, j, k)
		w.advance(n, next, base, at)
	}
	return w.ts[steps%3]
}

// advance: next = prox' ⊙ (base − s·((∇²f + ridge)·at + extra)).
func (w *tangentWorker[T]) advance(n int, next, base, at []T) {
	t, vecs, s := w.table, w.panel.vecs, T(w.sizes.at(n))
	zero := w.back.pending
	clear(zero)
	w.field.adjoint(n, w.back.other, zero, at, at, nil) // −∇²f·at
	copy(next, base)
	t.AddScaled(next, s, w.back.other, w.latents, vecs)
	t.AddScaled(next, -s*T(w.settings.Ridge), at, w.latents, vecs)
	t.AddScaled(next, -s, w.extra, w.latents, vecs)
	if w.stops != nil {
		copy(w.back.sent, w.ts[n%3])
	}
	lo, hi := w.bounds(n)
	t.Gate(next, w.back.scaled, w.z(n+1), w.latents, vecs, 1, w.settings.Prox.Shape, lo, hi)
	if w.stops != nil {
		w.stops.hold(w.walker, n, func(i int) { next[i] = w.back.sent[i] })
	}
}

// slope sets extra to the derivative of ∇f in one parameter.
func (w *tangentWorker[T]) slope(n, j, k int) {
	width, layer := w.table.Width(), w.linear.linear[0]
	_, at := w.points(n)
	r := w.linear.at(n).delta[0]
	if len(w.linear.steps) == 1 {
		r = w.residual(n, at)
	}
	for row, v := range layer.W[j*layer.Cols : (j+1)*layer.Cols] {
		dst := w.extra[row*width : (row+1)*width]
		for i := range dst {
			dst[i] = v
			if k >= 0 {
				dst[i] *= at[k*width+i]
			}
		}
	}
	if k >= 0 {
		w.table.AddScaled(w.extra[k*width:], 1, r[j*width:], 1, w.panel.vecs)
	}
}

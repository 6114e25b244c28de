package inverse

import "github.com/inversenet/inversenet/kernels"

// forwardMode carries derivatives along with the steps, as the article does: for
// each parameter φ of a linear generator, T = ∂Z/∂φ follows
//
//	T_y = T_n + μ·(T_n − T_{n−1})
//	T_{n+1} = prox' ⊙ (T_y − s·((∇²f + ridge)·T_at + ∂φ∇f(at)))
//	∂∇f/∂W_jk = e_k·R_j + W_jᵀ·Z_k        ∂∇f/∂b_j = W_jᵀ
//
// One recursion for each parameter: for a handful of them, not for images.
type forwardMode[T Float] struct {
	*unrolled[T]
	linear *direct[T]
	steps  int // steps that derivatives follow
}

func newForwardMode[T Float](u *unrolled[T], t *kernels.Table[T], g *Linear[T], steps int) *forwardMode[T] {
	if steps == 0 {
		steps = u.inner.Steps
	}
	return &forwardMode[T]{unrolled: u, linear: newDirect(t, g), steps: steps}
}

func (f *forwardMode[T]) load(samples int) {
	f.unrolled.load(samples)
	f.linear.load()
}

// partialLen: one sum for each parameter.
func (f *forwardMode[T]) partialLen() int {
	return len(f.linear.generator.W.Data) + len(f.linear.generator.Bias)
}

func (f *forwardMode[T]) gradient(g *gradients[T], partial []T) {
	for _, dst := range g.generator {
		partial = partial[copy(dst, partial):]
	}
}

// forwardWorker holds the tangents of one goroutine.
type forwardWorker[T Float] struct {
	*unrolledWorker[T]
	mode      *forwardMode[T]
	linear    *directWorker[T]
	ts        [3][]T // T_{n−1}, T_n, T_{n+1} take turns
	ty, extra []T
	dots      []T
}

func (f *forwardMode[T]) newWorker(keep bool) worker[T] {
	inner := f.unrolled.newWorker(keep).(*unrolledWorker[T])
	if !keep {
		return inner
	}
	w := &forwardWorker[T]{unrolledWorker: inner, mode: f, linear: f.linear.newWorker(true, f.inner.Steps).(*directWorker[T])}
	p := panels[T](5, f.table.PaddedRows(f.latents)*f.table.Width())
	w.ts, w.ty, w.extra = [3][]T{p[0], p[1], p[2]}, p[3], p[4]
	w.dots = make([]T, f.table.Width())
	return w
}

// backward carries every parameter's tangent forward and meets it with λ. The
// starts get no gradient.
func (w *forwardWorker[T]) backward(p *panel[T], lambda, partial []T) []T {
	w.linear.begin(p)
	last := min(w.mode.steps, w.end)
	for n := range last {
		_, at := w.points(n)
		if len(w.linear.rs) > 1 {
			w.linear.residual(n, at)
		}
	}
	g := w.linear.generator
	for i := range partial {
		j, k := i/g.Latents(), i%g.Latents()
		if i >= len(g.W.Data) {
			j, k = i-len(g.W.Data), -1
		}
		t := w.tangent(j, k, last)
		clear(w.dots)
		w.table.DotRows(w.dots, lambda, t, w.latents, p.vecs)
		for _, v := range w.dots[:p.samples] {
			partial[i] += v
		}
	}
	clear(w.back.other)
	return w.back.other
}

// tangent returns ∂Z/∂W_jk after the given steps, or ∂Z/∂b_j for k < 0.
func (w *forwardWorker[T]) tangent(j, k, steps int) []T {
	for _, t := range w.ts {
		clear(t)
	}
	for n := range steps {
		last, t, next := w.ts[(n+2)%3], w.ts[n%3], w.ts[(n+1)%3]
		base, at := t, t
		if w.mu[n] != 0 {
			w.table.Extrapolate(w.ty, t, last, T(w.mu[n]), w.latents, w.panel.vecs)
			base = w.ty
			if w.inner.Momentum.Method != HeavyBall {
				at = w.ty
			}
		}
		w.slope(n, j, k)
		w.advance(n, next, base, at)
	}
	return w.ts[steps%3]
}

// advance: next = prox' ⊙ (base − s·((∇²f + ridge)·at + extra)).
func (w *forwardWorker[T]) advance(n int, next, base, at []T) {
	t, vecs, s := w.table, w.panel.vecs, T(w.sizes[n])
	zero := w.back.pending
	clear(zero)
	w.field.adjoint(n, w.back.other, zero, at, at, nil) // −∇²f·at
	copy(next, base)
	t.AddScaled(next, s, w.back.other, w.latents, vecs)
	t.AddScaled(next, -s*T(w.inner.Ridge), at, w.latents, vecs)
	t.AddScaled(next, -s, w.extra, w.latents, vecs)
	if w.inner.Tolerance > 0 {
		copy(w.back.sent, w.ts[n%3])
	}
	t.Gate(next, w.back.scaled, w.z(n+1), w.latents, vecs, 1, w.prox, w.lo[n], w.hi[n])
	if w.inner.Tolerance > 0 {
		w.hold(n, func(i int) { next[i] = w.back.sent[i] })
	}
}

// slope sets extra to the derivative of ∇f in one parameter.
func (w *forwardWorker[T]) slope(n, j, k int) {
	width, g := w.table.Width(), w.linear.generator
	_, at := w.points(n)
	if len(w.linear.rs) == 1 {
		w.linear.residual(n, at)
	}
	for row, v := range g.W.Row(j) {
		dst := w.extra[row*width : (row+1)*width]
		for i := range dst {
			dst[i] = v
			if k >= 0 {
				dst[i] *= at[k*width+i]
			}
		}
	}
	if k >= 0 {
		w.table.AddScaled(w.extra[k*width:], 1, w.linear.r(n)[j*width:], 1, w.panel.vecs)
	}
}

package inverse

import (
	"github.com/inversenet/inversenet/kernels"
)

// unrolled takes the inner steps one after the other. With μ_n from the momentum
// and z₋₁ = z₀,
//
//	y = z_n + μ_n·(z_n − z_{n−1})        at = z_n (heavy ball) or y (Nesterov)
//	z_{n+1} = prox(y − s_n·(∇f(at) + ridge·at))
//
// Only the field knows what ∇f is.
type unrolled[T Float] struct {
	table   *kernels.Table[T]
	inner   Inner
	field   field[T]
	shape   Form
	pixels  int
	latents int
	spectre func() float64 // λmax(WᵀW)
	learn   learned

	sizes  []float64 // s_n
	mu     []float64
	prox   kernels.Prox
	lo, hi [][]T // bounds of each step
	shift  []T   // panel of the fixed thresholds, every lane alike
}

func newUnrolled[T Float](t *kernels.Table[T], f field[T], shape Form, in Inner, pixels, latents int, spectre func() float64, learn learned) *unrolled[T] {
	u := &unrolled[T]{
		table: t, inner: in, field: f, shape: shape,
		pixels: pixels, latents: latents, spectre: spectre, learn: learn,
		sizes: make([]float64, in.Steps), mu: make([]float64, in.Steps),
		lo: make([][]T, in.Steps), hi: make([][]T, in.Steps),
	}
	in.Momentum.coefficients(u.mu)
	own := in.Steps
	if in.Sparse == 0 || in.uniform() {
		own = 1 // one pair of bounds serves all steps
	}
	for n := range in.Steps {
		if n < own {
			u.lo[n], u.hi[n] = make([]T, latents), make([]T, latents)
		} else {
			u.lo[n], u.hi[n] = u.lo[0], u.hi[0]
		}
	}
	if learn.steps && (in.Prox.Kind == Soft || in.Prox.Kind == NonNegativeSoft) {
		u.shift = make([]T, latents*t.Width())
	}
	return u
}

func (u *unrolled[T]) form() Form { return u.shape }

func (u *unrolled[T]) load(samples int) {
	u.field.load()
	u.inner.stepSizes(u.sizes, u.pixels, samples, u.spectre)
	for n := range u.sizes {
		u.prox = bounds(u.inner.Prox, u.sizes[n]*u.inner.Sparse, u.lo[n], u.hi[n])
	}
	for i := range u.shift {
		u.shift[i] = T(perLatentAt(u.inner.Prox.Thresholds, i/u.table.Width()))
	}
}

// partialLen: the field's, then log steps, then the thresholds' negated.
func (u *unrolled[T]) partialLen() int {
	n := u.field.partialLen()
	if u.learn.steps {
		n += u.inner.Steps
	}
	if u.learn.thresholds {
		n += u.latents
	}
	return n
}

func (u *unrolled[T]) gradient(g *gradients[T], partial []T) {
	n := u.field.partialLen()
	u.field.gradient(g.generator, partial[:n])
	partial = partial[n:]
	if u.learn.steps {
		for i := range g.steps {
			g.steps[i] = float64(partial[i])
		}
		partial = partial[u.inner.Steps:]
	}
	if u.learn.thresholds {
		for i := range g.thresholds {
			g.thresholds[i] = -float64(partial[i])
		}
	}
}

// unrolledWorker holds the latent panels of one goroutine. They have whole
// vectors of rows, as fields want them.
type unrolledWorker[T Float] struct {
	*unrolled[T]
	field fieldWorker[T]
	zs    [][]T // Z_0 … Z_N, or as many as a step looks back on
	y, at []T   // base and place of the gradient, where they differ from z_n

	epilogue kernels.Epilogue[T] // of the step in progress

	panel  *panel[T]
	end    int   // steps taken; fewer than N when every sample stopped
	stopAt []int // steps that each sample took
	keep   bool
	back   *backPanels[T]
}

// backPanels is what going backward needs besides.
type backPanels[T Float] struct {
	lambda, other []T // ∂L/∂Z_{n+1} and ∂L/∂Z_n take turns
	scaled        []T // Λ̂ = s·Λ̃
	pending       []T // what step n+1 sends to Z_n by its momentum
	sent          []T
	moved         []T // z⁺ − base
	perSample     []T
	held          []T // adjoints of samples that had stopped
	cg            *conjugate[T]
}

func (u *unrolled[T]) newWorker(keep bool) worker[T] {
	size := u.table.PaddedRows(u.latents) * u.table.Width()
	w := &unrolledWorker[T]{unrolled: u, keep: keep, stopAt: make([]int, u.table.Width())}
	implicit, isImplicit := u.inner.Differentiation.(Implicit)
	remember := keep && !isImplicit
	slots := 2
	if u.inner.Momentum.Method != Plain {
		slots = 3
	}
	if remember {
		slots = u.inner.Steps + 1
	}
	w.field = u.field.newWorker(remember, u.inner.Steps)
	w.zs = panels[T](slots, size)
	w.y, w.at = make([]T, size), make([]T, size)
	if keep {
		p := panels[T](6, size)
		w.back = &backPanels[T]{lambda: p[0], other: p[1], scaled: p[2], pending: p[3], sent: p[4], moved: p[5],
			perSample: make([]T, u.table.Width())}
		if u.inner.Tolerance > 0 {
			w.back.held = make([]T, size)
		}
		if isImplicit {
			w.back.cg = newConjugate(u.table, w.field, u.latents, implicit, u.inner.Ridge)
		}
	}
	return w
}

func (w *unrolledWorker[T]) z(n int) []T { return w.zs[n%len(w.zs)] }

func (w *unrolledWorker[T]) forward(p *panel[T]) []T {
	w.panel = p
	w.field.begin(p)
	copy(w.z(0), p.z0)
	w.end = w.inner.Steps
	for n := range w.inner.Steps {
		w.take(n)
		if w.inner.Tolerance > 0 && w.stop(n) {
			w.end = n + 1
			break
		}
	}
	return w.z(w.end)
}

// take computes Z_{n+1}.
func (w *unrolledWorker[T]) take(n int) {
	base, at := w.z(n), w.z(n)
	if w.mu[n] != 0 || w.inner.Ridge != 0 {
		base, at = w.points(n)
	}
	e := &w.epilogue
	e.Base, e.Scale, e.Prox, e.Lo, e.Hi = base, T(-w.sizes[n]), w.prox, w.lo[n], w.hi[n]
	w.field.step(n, w.z(n+1), at, e)
}

// points returns the panels a step starts from and takes its gradient at.
func (w *unrolledWorker[T]) points(n int) (base, at []T) {
	t, p := w.table, w.panel
	base, at = w.z(n), w.z(n)
	if w.mu[n] != 0 {
		t.Extrapolate(w.y, w.z(n), w.z(n-1), T(w.mu[n]), w.latents, p.vecs)
		base = w.y
		if w.inner.Momentum.Method != HeavyBall {
			at = w.y
		}
	}
	if ridge := w.inner.Ridge; ridge != 0 {
		if w.mu[n] != 0 && w.inner.Momentum.Method != HeavyBall {
			copy(w.at, w.y)
			at = w.at
		}
		if w.mu[n] == 0 {
			copy(w.y, w.z(n))
			base = w.y
		}
		t.AddScaled(base, T(-w.sizes[n]*ridge), at, w.latents, p.vecs)
	}
	return base, at
}

// backward runs the adjoint of [unrolledWorker.take] from the last step to the
// first one that the differentiation asks for. With Λ⁺ = ∂L/∂Z_{n+1}:
//
//	Λ̃ = Λ⁺ ⊙ prox'      Λ̂ = s·Λ̃      q = (∇²f(at) + ridge)·Λ̂
//	heavy ball:  ∂Z_n = (1+μ)·Λ̃ − q      ∂Z_{n−1} = −μ·Λ̃
//	Nesterov:    ∂Z_n = (1+μ)·(Λ̃ − q)    ∂Z_{n−1} = −μ·(Λ̃ − q)
func (w *unrolledWorker[T]) backward(p *panel[T], lambda, partial []T) []T {
	b := w.back
	copy(b.lambda, lambda[:w.latents*w.table.Width()])
	fieldPartial := partial[:w.fieldLen()]
	if b.cg != nil {
		return w.implicit(fieldPartial)
	}
	clear(b.pending)
	current, next := b.lambda, b.other
	first := max(0, w.end-backSteps(w.inner.Differentiation, w.inner.Steps))
	for n := w.end - 1; n >= first; n-- {
		w.gate(n, current)
		base, at := w.points(n)
		w.learnStep(n, current, base, partial)
		w.field.adjoint(n, next, current, at, b.scaled, fieldPartial)
		if ridge := w.inner.Ridge; ridge != 0 {
			w.table.AddScaled(next, T(-ridge), b.scaled, w.latents, p.vecs)
		}
		w.sendBack(n, current, next)
		current, next = next, current
	}
	w.field.finish(fieldPartial)
	if first > 0 {
		clear(current)
	}
	return current
}

func (w *unrolledWorker[T]) fieldLen() int { return w.unrolled.field.partialLen() }

// gate: Λ̃ = Λ⁺ ⊙ prox' in place and Λ̂ = s·Λ̃; nothing for samples that had
// stopped before the step.
func (w *unrolledWorker[T]) gate(n int, lambda []T) {
	b := w.back
	if w.inner.Tolerance > 0 {
		copy(b.held, lambda)
	}
	w.table.Gate(lambda, b.scaled, w.z(n+1), w.latents, w.panel.vecs, T(w.sizes[n]), w.prox, w.lo[n], w.hi[n])
	if w.inner.Tolerance > 0 {
		w.hold(n, func(i int) { lambda[i], b.scaled[i] = b.held[i], 0 })
	}
}

// sendBack adds what momentum passes around a step.
func (w *unrolledWorker[T]) sendBack(n int, current, next []T) {
	if w.inner.Momentum.Method == Plain {
		return
	}
	t, b, vecs := w.table, w.back, w.panel.vecs
	source := next
	if w.inner.Momentum.Method == HeavyBall {
		source = current
	}
	t.Gate(source, b.sent, nil, w.latents, vecs, T(-w.mu[n]), kernels.ProxNone, nil, nil)
	if w.inner.Tolerance > 0 {
		w.hold(n, func(i int) { b.sent[i] = 0 })
	}
	t.AddScaled(next, -1, b.sent, w.latents, vecs)
	t.AddScaled(next, 1, b.pending, w.latents, vecs)
	b.sent, b.pending = b.pending, b.sent
}

// panels allocates n slices of the given length in one piece.
func panels[T Float](n, length int) [][]T {
	all := make([]T, n*length)
	out := make([][]T, n)
	for i := range out {
		out[i] = all[i*length : (i+1)*length : (i+1)*length]
	}
	return out
}

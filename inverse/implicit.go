package inverse

import "github.com/inversenet/inversenet/kernels"

// implicit differentiates the condition that z_N minimises f: with D the latents
// that no bound holds,
//
//	D·H·D·u = D·λ,   H = ∇²f(z_N) + ridge        ∂L/∂φ = −⟨u, ∂φ∇f(z_N)⟩
func (w *unrolledWorker[T]) implicit(partial []T) []T {
	b, z := w.back, w.z(w.end)
	last := w.inner.Steps - 1
	w.table.Gate(b.lambda, b.scaled, z, w.latents, w.panel.vecs, 1, w.prox, w.lo[last], w.hi[last])
	u := b.cg.solve(w, b.lambda, z)
	w.field.adjoint(w.inner.Steps, b.other, u, z, u, partial)
	w.field.finish(partial)
	clear(b.other)
	return b.other
}

// conjugate solves D·H·D·u = λ for every sample of a panel at once by conjugate
// gradients, each lane with coefficients of its own.
type conjugate[T Float] struct {
	table      *kernels.Table[T]
	field      fieldWorker[T]
	latents    int
	ridge      T
	tolerance  float64
	iterations int
	u, r, d, q []T
	zero       []T
	rr, dq     []T // one for each lane
	stop       []T
}

func newConjugate[T Float](t *kernels.Table[T], f fieldWorker[T], latents int, i Implicit, ridge float64) *conjugate[T] {
	c := &conjugate[T]{table: t, field: f, latents: latents, ridge: T(ridge), tolerance: i.Tolerance, iterations: i.Iterations}
	if c.tolerance == 0 {
		c.tolerance = 1e-12
		if sizeof[T]() == 4 {
			c.tolerance = 1e-6
		}
	}
	if c.iterations == 0 {
		c.iterations = 10 * latents
	}
	p := panels[T](5, t.PaddedRows(latents)*t.Width())
	c.u, c.r, c.d, c.q, c.zero = p[0], p[1], p[2], p[3], p[4]
	lanes := panels[T](3, t.Width())
	c.rr, c.dq, c.stop = lanes[0], lanes[1], lanes[2]
	return c
}

// solve returns u. The residual of a lane that is done, or has no curvature left,
// stays as it is.
func (c *conjugate[T]) solve(w *unrolledWorker[T], lambda, z []T) []T {
	clear(c.u)
	copy(c.r, lambda)
	copy(c.d, lambda)
	c.dot(c.rr, c.r, c.r)
	for i, v := range c.rr {
		c.stop[i] = T(c.tolerance*c.tolerance) * v
	}
	for range c.iterations {
		if c.done() {
			break
		}
		c.curvature(w, z)
		c.dot(c.dq, c.d, c.q)
		c.advance()
	}
	return c.u
}

// curvature: q = D·(∇²f + ridge)·d.
func (c *conjugate[T]) curvature(w *unrolledWorker[T], z []T) {
	vecs, last := w.panel.vecs, w.inner.Steps-1
	c.field.adjoint(w.inner.Steps, c.q, c.zero, z, c.d, nil)
	if c.ridge != 0 {
		c.table.AddScaled(c.q, -c.ridge, c.d, c.latents, vecs)
	}
	// adjoint gave −H·d; Gate puts the negative into its second result.
	c.table.Gate(c.q, c.q, z, c.latents, vecs, -1, w.prox, w.lo[last], w.hi[last])
}

// advance: u += a·d, r −= a·q, d = r + b·d, lane by lane.
func (c *conjugate[T]) advance() {
	width := c.table.Width()
	for i := range width {
		if !(c.rr[i] > c.stop[i]) || !(c.dq[i] > 0) {
			continue
		}
		a := c.rr[i] / c.dq[i]
		var rr T
		for at := i; at < c.latents*width; at += width {
			c.u[at] += a * c.d[at]
			c.r[at] -= a * c.q[at]
			rr += c.r[at] * c.r[at]
		}
		b := rr / c.rr[i]
		for at := i; at < c.latents*width; at += width {
			c.d[at] = c.r[at] + b*c.d[at]
		}
		c.rr[i] = rr
	}
}

func (c *conjugate[T]) done() bool {
	for i, v := range c.rr {
		if v > c.stop[i] {
			return false
		}
	}
	return true
}

func (c *conjugate[T]) dot(dst, a, b []T) {
	clear(dst)
	c.table.DotRows(dst, a, b, c.latents, 2)
}

package engine

import (
	"github.com/inversenet/inversenet/internal/portable"
	"github.com/inversenet/inversenet/kernels"
)

// conjugate solves D·H·D·u = λ for every sample of a panel at once by conjugate
// gradients, each lane with coefficients of its own, and with λ scaled to norm 1.
type conjugate[T Float] struct {
	table      *kernels.Table[T]
	latents    int
	tolerance  float64
	iterations int
	r, d, q    []T
	rr, dq     []T // one for each lane
	norm       []float64
	bent       []bool // lanes whose curvature was not positive
}

func newConjugate[T Float](t *kernels.Table[T], latents int, s *Settings) *conjugate[T] {
	c := &conjugate[T]{table: t, latents: latents, tolerance: s.Adjoint.Tolerance, iterations: s.Adjoint.Iterations}
	if c.tolerance == 0 {
		c.tolerance = 1e-12
		if sizeof[T]() == 4 {
			c.tolerance = 1e-6
		}
	}
	if c.iterations == 0 {
		c.iterations = 10 * latents
	}
	p := panels[T](3, t.PaddedRows(latents)*t.Width())
	c.r, c.d, c.q = p[0], p[1], p[2]
	lanes := panels[T](2, t.Width())
	c.rr, c.dq, c.norm, c.bent = lanes[0], lanes[1], make([]float64, t.Width()), make([]bool, t.Width())
	return c
}

// solve sets u. The residual of a lane that is done, or has no curvature left,
// stays as it is; at the end every lane's is computed anew.
func (c *conjugate[T]) solve(m *minimum[T], u, lambda, z, lo, hi []T) error {
	clear(u)
	clear(c.bent)
	laneNorms(c.table, c.norm, lambda, c.latents)
	c.scale(c.r, lambda, false)
	copy(c.d, c.r)
	c.dot(c.rr, c.r, c.r)
	for range c.iterations {
		if c.done() {
			break
		}
		c.curvature(m, c.d, z, lo, hi)
		c.dot(c.dq, c.d, c.q)
		c.advance(u)
	}
	if err := c.verify(m, u, lambda, z, lo, hi); err != nil {
		return err
	}
	c.scale(u, u, true)
	return nil
}

// scale divides each lane by its norm of λ, or multiplies it by that.
func (c *conjugate[T]) scale(dst, src []T, back bool) {
	width := c.table.Width()
	for i, norm := range c.norm {
		f := norm
		if !back && norm > 0 {
			f = 1 / norm
		}
		for at := i; at < c.latents*width; at += width {
			dst[at] = T(f * float64(src[at]))
		}
	}
}

// curvature: q = D·(∇²f + ridge)·v.
func (c *conjugate[T]) curvature(m *minimum[T], v, z, lo, hi []T) {
	w := m.w
	w.field.adjoint(w.settings.Steps, c.q, m.zero, z, v, nil)
	if ridge := w.settings.Ridge; ridge != 0 {
		c.table.AddScaled(c.q, T(-ridge), v, c.latents, w.panel.vecs)
	}
	// adjoint gave −H·v; Gate puts the negative into its second result.
	c.table.Gate(c.q, c.q, z, c.latents, w.panel.vecs, -1, w.settings.Prox.Shape, lo, hi)
}

// advance: u += a·d, r −= a·q, d = r + b·d, lane by lane.
func (c *conjugate[T]) advance(u []T) {
	width := c.table.Width()
	for i := range width {
		if c.settled(i) {
			continue
		}
		if !(c.dq[i] > 0) {
			c.bent[i] = true
			continue
		}
		a := c.rr[i] / c.dq[i]
		var rr T
		for at := i; at < c.latents*width; at += width {
			u[at] += T(a * c.d[at])
			c.r[at] -= T(a * c.q[at])
			rr += T(c.r[at] * c.r[at])
		}
		b := rr / c.rr[i]
		for at := i; at < c.latents*width; at += width {
			c.d[at] = c.r[at] + T(b*c.d[at])
		}
		c.rr[i] = rr
	}
}

func (c *conjugate[T]) settled(i int) bool {
	return c.bent[i] || !(float64(c.rr[i]) > c.tolerance*c.tolerance)
}

func (c *conjugate[T]) done() bool {
	for i := range c.rr {
		if !c.settled(i) {
			return false
		}
	}
	return true
}

// verify returns an error for a sample whose residual, computed anew, is not what
// the tolerance asks for, a hundred times over for what the recurrence drifts.
func (c *conjugate[T]) verify(m *minimum[T], u, lambda, z, lo, hi []T) error {
	width, w := c.table.Width(), m.w
	c.curvature(m, u, z, lo, hi)
	for i := range w.panel.samples {
		var sum float64
		for k := range c.latents {
			at := k*width + i
			if c.norm[i] > 0 {
				sum = portable.Hypot(sum, float64(c.q[at])-float64(lambda[at])/c.norm[i])
			}
		}
		free := len(m.freeOf(i, z, lo, hi))
		reason := ""
		switch {
		case w.affine && w.settings.Ridge == 0 && free > w.pixels:
			reason = "there are more free latents than pixels, so that there is no unique minimiser: add a ridge or a constraint"
		case c.bent[i]:
			reason = "the curvature there is not positive, so that it is no isolated minimum"
		case !(sum <= 100*c.tolerance):
			reason = "conjugate gradients did not reach their tolerance: the curvature there is singular or nearly so; allow more Iterations or add a ridge"
		default:
			continue
		}
		return &MinimumError{Sample: w.panel.first + i, Free: free, Pixels: w.pixels, Reason: reason}
	}
	return nil
}

func (c *conjugate[T]) dot(dst, a, b []T) {
	clear(dst)
	c.table.DotRows(dst, a, b, c.latents, 2)
}

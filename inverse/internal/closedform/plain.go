package closedform

import (
	"sync/atomic"

	"github.com/inversenet/inversenet/inverse/internal/dense"
)

// plain is the chain of steps without momentum. P, Q and E are polynomials of A:
// symmetric, and so are their gradients once their symmetric parts are taken, which
// is all that ∂A needs. Half of each product is computed, and none transposed.
type plain struct {
	pool *dense.Pool
	rec  Recurrence
	ops  []op

	trail   []pair          // P, Q after each op; Q after the first is s·I, and not stored
	squares []*dense.Factor // P before each op that squares
	a, e    *dense.Matrix
	step    *dense.Factor // E
	ready   bool          // e and step are those of every step

	dp, dq, next, turned *dense.Matrix
	left                 *dense.Factor
}

func newPlain(pool *dense.Pool, k int, rec Recurrence) *plain {
	c := &plain{pool: pool, rec: rec, ops: rec.plan()}
	square := func() *dense.Matrix { return pool.New(k, k) }
	for _, o := range c.ops {
		c.trail = append(c.trail, pair{square(), square()})
		var f *dense.Factor
		if o.square {
			f = pool.NewFactor(k, k)
		}
		c.squares = append(c.squares, f)
	}
	c.a, c.e, c.step = square(), square(), pool.NewFactor(k, k)
	c.dp, c.dq, c.next, c.turned = square(), square(), square(), square()
	c.left = pool.NewFactor(k, k)
	return c
}

// transition sets e to I − s·A for step n, and packs it. Where all steps are alike
// that is done once for a matrix.
func (c *plain) transition(n int) {
	if c.ready {
		return
	}
	c.ready = c.rec.uniform()
	c.e.Zero()
	c.pool.AddScaled(c.e, -c.rec.size(n), c.a)
	c.e.AddDiagonal(1)
	c.pool.Pack(c.step, c.e, true)
}

func (c *plain) forward(p, q, a *dense.Matrix, halt *atomic.Bool) {
	c.a.Copy(a)
	c.ready = false
	c.transition(c.ops[0].n)
	c.trail[0].p.Copy(c.e)
	for i, o := range c.ops[1:] {
		if halt.Load() {
			return
		}
		i++
		from, to := c.trail[i-1], c.trail[i]
		f := c.step
		if o.square {
			f = c.squares[i]
			c.pool.Pack(f, from.p, true)
		} else {
			c.transition(o.n)
		}
		c.pool.MultiplySymmetric(to.p, f, from.p, nil)
		c.advance(i, o, f, from, to)
	}
	last := c.trail[len(c.trail)-1]
	p.Copy(last.p)
	if len(c.ops) == 1 {
		q.Identity(c.rec.size(c.ops[0].n))
		return
	}
	q.Copy(last.q)
}

// advance: Q' = P·Q + Q, or E·Q + s·I, with Q = s₀·I before the second op.
func (c *plain) advance(i int, o op, f *dense.Factor, from, to pair) {
	first := c.rec.size(c.ops[0].n)
	switch {
	case i == 1 && o.square:
		to.q.Identity(first)
		c.pool.AddScaled(to.q, first, from.p)
	case i == 1:
		to.q.Zero()
		c.pool.AddScaled(to.q, first, c.e)
	case o.square:
		c.pool.MultiplySymmetric(to.q, f, from.q, from.q)
	default:
		c.pool.MultiplySymmetric(to.q, f, from.q, nil)
	}
	if !o.square {
		to.q.AddDiagonal(c.rec.size(o.n))
	}
}

func (c *plain) backward(da *dense.Matrix, ds []float64, dp, dq *dense.Matrix) {
	da.Zero()
	c.dp.Copy(dp)
	c.dq.Copy(dq)
	c.pool.AddTranspose(c.dp, 0.5, c.turned)
	c.pool.AddTranspose(c.dq, 0.5, c.turned)
	for i := len(c.ops) - 1; i > 0; i-- {
		if c.ops[i].square {
			c.reverseSquare(i)
		} else {
			c.reverseStep(i, da, ds)
		}
	}
	c.addTransition(c.ops[0].n, c.dp, da, ds)
}

// reverseSquare, with T = P·∂P' + ½·Q·∂Q':
//
//	∂P = T + Tᵀ      ∂Q = ∂Q' + ½·(P·∂Q' + (P·∂Q')ᵀ)
func (c *plain) reverseSquare(i int) {
	pool, f := c.pool, c.squares[i]
	c.timesQ(i, 0.5)
	pool.Multiply(c.next, f, c.dp, c.next)
	pool.AddTranspose(c.next, 1, c.turned)
	c.dp, c.next = c.next, c.dp
	pool.Multiply(c.next, f, c.dq, nil)
	pool.AddTranspose(c.next, 0.5, c.turned)
	pool.AddScaled(c.dq, 1, c.next)
}

// timesQ: next = by·Q·∂Q', with Q that before op i.
func (c *plain) timesQ(i int, by float64) {
	if i == 1 {
		c.next.Zero()
		c.pool.AddScaled(c.next, by*c.rec.size(c.ops[0].n), c.dq)
		return
	}
	c.pool.Pack(c.left, c.trail[i-1].q, true)
	c.pool.Multiply(c.next, c.left, c.dq, nil)
	if by != 1 {
		c.pool.Scale(c.next, by)
	}
}

// reverseStep: ∂E = sym(P·∂P' + Q·∂Q'), ∂P = sym(E·∂P'), ∂Q = sym(E·∂Q').
func (c *plain) reverseStep(i int, da *dense.Matrix, ds []float64) {
	pool, n := c.pool, c.ops[i].n
	c.timesQ(i, 1)
	pool.Pack(c.left, c.trail[i-1].p, true)
	pool.Multiply(c.next, c.left, c.dp, c.next)
	pool.AddTranspose(c.next, 0.5, c.turned)
	c.addTransition(n, c.next, da, ds)
	c.transition(n)
	for _, d := range []**dense.Matrix{&c.dp, &c.dq} {
		pool.Multiply(c.next, c.step, *d, nil)
		pool.AddTranspose(c.next, 0.5, c.turned)
		*d, c.next = c.next, *d
	}
}

// addTransition adds what ∂E gives ∂A and ∂s of step n, and what ∂F = ∂Q' gives
// ∂s.
func (c *plain) addTransition(n int, de, da *dense.Matrix, ds []float64) {
	c.pool.AddScaled(da, -c.rec.size(n), de)
	if len(ds) > 0 {
		ds[n%len(ds)] += c.dq.Diagonal() - dense.Trace(c.a, de)
	}
}

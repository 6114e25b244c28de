package closedform

import (
	"sync/atomic"

	"github.com/inversenet/inversenet/inverse/internal/dense"
)

// momentum is the chain of steps on the state (Z_n, Z_{n−1}) of d = 2k numbers.
type momentum struct {
	pool *dense.Pool
	rec  Recurrence
	k    int
	ops  []op

	trail     []pair // P, Q before each op, and the result
	a         *dense.Matrix
	e, de     *dense.Matrix
	dp, dq    *dense.Matrix
	tmp, tmpQ *dense.Matrix
	pT, qT    *dense.Matrix // transposes
}

func newMomentum(pool *dense.Pool, k int, rec Recurrence) *momentum {
	m := &momentum{pool: pool, rec: rec, k: k, ops: rec.plan()}
	d := 2 * k
	for range len(m.ops) + 1 {
		m.trail = append(m.trail, pair{pool.New(d, d), pool.New(d, k)})
	}
	m.a = pool.New(k, k)
	m.e, m.de = pool.New(d, d), pool.New(d, d)
	m.dp, m.dq = pool.New(d, d), pool.New(d, k)
	m.tmp, m.tmpQ = pool.New(d, d), pool.New(d, k)
	m.pT, m.qT = pool.New(d, d), pool.New(k, d)
	return m
}

func (m *momentum) forward(p, q, a *dense.Matrix, halt *atomic.Bool) {
	m.a.Copy(a)
	m.trail[0].p.Identity(1)
	m.trail[0].q.Zero()
	for i, o := range m.ops {
		if halt.Load() {
			return
		}
		m.advance(i, o, m.trail[i], m.trail[i+1])
	}
	last := m.trail[len(m.ops)]
	for i := range m.k {
		for j := range m.k {
			// the state starts as (Z₀, Z₀)
			p.Set(i, j, last.p.At(i, j)+last.p.At(i, m.k+j))
			q.Set(i, j, last.q.At(i, j))
		}
	}
}

func (m *momentum) advance(i int, o op, from, to pair) {
	if o.square {
		m.pool.Mul(to.p, from.p, false, from.p, nil)
		m.pool.Mul(to.q, from.p, false, from.q, from.q)
		return
	}
	m.transition(o.n)
	if i == 0 {
		to.p.Copy(m.e)
		to.q.Zero()
	} else {
		m.pool.Mul(to.p, m.e, false, from.p, nil)
		m.pool.Mul(to.q, m.e, false, from.q, nil)
	}
	to.q.AddDiagonal(m.rec.size(o.n))
}

// transition sets e to the matrix of step n:
//
//	heavy ball  (1+μ)·I − s·A    −μ·I          ahead  (1+μ)(I − s·A)  −μ·(I − s·A)
//	            I                 0                   I                0
func (m *momentum) transition(n int) {
	s, mu := m.rec.size(n), m.rec.mu(n)
	near, far := m.gains(mu)
	m.e.Zero()
	for i := range m.k {
		for j := range m.k {
			a := m.a.At(i, j)
			m.e.Set(i, j, -near*s*a)
			m.e.Set(i, m.k+j, -far*s*a)
		}
		m.e.Set(i, i, m.e.At(i, i)+1+mu)
		m.e.Set(i, m.k+i, m.e.At(i, m.k+i)-mu)
		m.e.Set(m.k+i, i, 1)
	}
}

// gains are the factors of −s·A on the latents and on the last ones.
func (m *momentum) gains(mu float64) (near, far float64) {
	if m.rec.Ahead {
		return 1 + mu, -mu
	}
	return 1, 0
}

func (m *momentum) backward(da *dense.Matrix, ds []float64, dp, dq *dense.Matrix) {
	m.seed(dp, dq)
	da.Zero()
	for i := len(m.ops) - 1; i >= 0; i-- {
		if o, from := m.ops[i], m.trail[i]; o.square {
			m.reverseSquare(from)
		} else {
			m.reverseStep(o.n, from, i == 0, da, ds)
		}
	}
}

// seed spreads ∂P and ∂Q over the state.
func (m *momentum) seed(dp, dq *dense.Matrix) {
	m.dp.Zero()
	m.dq.Zero()
	for i := range m.k {
		for j := range m.k {
			m.dp.Set(i, j, dp.At(i, j))
			m.dp.Set(i, m.k+j, dp.At(i, j))
			m.dq.Set(i, j, dq.At(i, j))
		}
	}
}

func (m *momentum) reverseSquare(from pair) {
	m.mulByTranspose(m.tmp, m.dp, from.p, m.pT, nil)
	m.mulByTranspose(m.tmp, m.dq, from.q, m.qT, m.tmp)
	m.pool.Mul(m.tmp, from.p, true, m.dp, m.tmp)
	m.pool.Mul(m.tmpQ, from.p, true, m.dq, m.dq)
	m.dp, m.tmp = m.tmp, m.dp
	m.dq, m.tmpQ = m.tmpQ, m.dq
}

func (m *momentum) reverseStep(n int, from pair, first bool, da *dense.Matrix, ds []float64) {
	if first { // from the identity: ∂E = ∂P'
		m.de.Copy(m.dp)
	} else {
		m.mulByTranspose(m.de, m.dp, from.p, m.pT, nil)
		m.mulByTranspose(m.de, m.dq, from.q, m.qT, m.de)
	}
	slope := m.reverseTransition(n, da)
	for i := range m.k {
		slope += m.dq.At(i, i)
	}
	if len(ds) > 0 {
		ds[n%len(ds)] += slope
	}
	if first {
		return
	}
	m.transition(n)
	m.pool.Mul(m.tmp, m.e, true, m.dp, nil)
	m.pool.Mul(m.tmpQ, m.e, true, m.dq, nil)
	m.dp, m.tmp = m.tmp, m.dp
	m.dq, m.tmpQ = m.tmpQ, m.dq
}

// reverseTransition adds what ∂E gives ∂A and returns what it gives ∂s.
func (m *momentum) reverseTransition(n int, da *dense.Matrix) (slope float64) {
	s, mu := m.rec.size(n), m.rec.mu(n)
	near, far := m.gains(mu)
	for i := range m.k {
		for j := range m.k {
			g := float64(near*m.de.At(i, j)) + float64(far*m.de.At(i, m.k+j))
			da.Set(i, j, da.At(i, j)-float64(s*g))
			slope -= float64(m.a.At(i, j) * g)
		}
	}
	return slope
}

// mulByTranspose: dst = init + a·bᵀ, with room for bᵀ.
func (m *momentum) mulByTranspose(dst, a, b, turned, init *dense.Matrix) {
	m.pool.Transpose(turned, b)
	m.pool.Mul(dst, a, false, turned, init)
}

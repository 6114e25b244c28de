// Package closedform collapses N inner steps without a prox into one affine map,
//
//	Z_N = P·Z₀ + Q·C,
//
// for the gradient A·Z − C of a quadratic, and takes gradients in P and Q back to
// A exactly. All arithmetic is float64.
//
// Plain descent is the recurrence Z ← M·Z + s·C with M = I − s·A. Momentum is the
// same on the state (Z_n, Z_{n−1}), twice as large. Equal steps are squared:
// (P, Q) → (P², P·Q + Q), and (P, Q) → (E·P, E·Q + F) where the number of steps
// has an odd bit, so that log₂N products of matrices replace N steps. Steps of
// different size or momentum (FISTA) cannot be squared: each takes one product.
package closedform

import (
	"math/bits"
	"sync/atomic"

	"github.com/inversenet/inversenet/inverse/internal/dense"
)

// A Recurrence says which steps are taken: of size s_n with momentum μ_n, whose
// gradient is taken ahead, where momentum leads (Nesterov), or before it (heavy
// ball).
type Recurrence struct {
	Steps int
	Sizes []float64 // one for all steps, or one for each
	Mu    []float64 // none, one for all steps but the first, or one for each
	Ahead bool
}

// momentum reports whether the state must hold two latents.
func (r Recurrence) momentum() bool { return r.Mu != nil }

// uniform reports whether all steps are alike. The first momentum does not
// matter: there is no last move to use it on.
func (r Recurrence) uniform() bool { return len(r.Sizes) == 1 && len(r.Mu) <= 1 }

func (r Recurrence) size(n int) float64 { return r.Sizes[n%len(r.Sizes)] }

func (r Recurrence) mu(n int) float64 {
	if r.Mu == nil {
		return 0
	}
	return r.Mu[n%len(r.Mu)]
}

// Products is about how many products of matrices of the state's size a map and
// its gradient take, for a cost model.
func (r Recurrence) Products() (forward, backward int, factor int) {
	n, factor := r.Steps, 1
	if r.momentum() {
		factor = 2
	}
	ops := n
	if r.uniform() {
		ops = bits.Len(uint(n)) - 1 + bits.OnesCount(uint(n))
	}
	return 2 * ops, 4 * ops, factor
}

// A Map computes P and Q, and their adjoint. Its memory is reused by the next
// call.
type Map struct {
	pool  *dense.Pool
	rec   Recurrence
	k, d  int // latents, and size of the state
	ops   []op
	trail []pair // P, Q before each op, and the result

	P, Q      *dense.Matrix // k × k
	a         *dense.Matrix
	e, de     *dense.Matrix
	dp, dq    *dense.Matrix
	tmp, tmpQ *dense.Matrix
	pT, qT    *dense.Matrix // transposes, for states of two latents
}

// op squares the map, or puts step n after it.
type op struct {
	square bool
	n      int
}

type pair struct{ p, q *dense.Matrix }

// NewMap prepares the memory for maps of k latents by the recurrence, which is
// kept: the values of its sizes may change between calls.
func NewMap(pool *dense.Pool, k int, rec Recurrence) *Map {
	m := &Map{pool: pool, rec: rec, k: k, d: k}
	if rec.momentum() {
		m.d = 2 * k
	}
	m.plan()
	m.trail = make([]pair, len(m.ops)+1)
	for i := range m.trail {
		m.trail[i] = pair{pool.New(m.d, m.d), pool.New(m.d, k)}
	}
	m.P, m.Q, m.a = pool.New(k, k), pool.New(k, k), pool.New(k, k)
	m.e, m.de = pool.New(m.d, m.d), pool.New(m.d, m.d)
	m.dp, m.dq = pool.New(m.d, m.d), pool.New(m.d, k)
	m.tmp, m.tmpQ = pool.New(m.d, m.d), pool.New(m.d, k)
	m.pT, m.qT = pool.New(m.d, m.d), pool.New(k, m.d)
	return m
}

// plan lists the ops: the first is a step, from the identity.
func (m *Map) plan() {
	n := m.rec.Steps
	if !m.rec.uniform() {
		for i := range n {
			m.ops = append(m.ops, op{n: i})
		}
		return
	}
	m.ops = append(m.ops, op{n: n - 1})
	for bit := bits.Len(uint(n)) - 2; bit >= 0; bit-- {
		m.ops = append(m.ops, op{square: true})
		if n>>bit&1 == 1 {
			m.ops = append(m.ops, op{n: n - 1})
		}
	}
}

// Forward sets P and Q for the symmetric matrix a. Once halt is set, by another
// goroutine, it returns soon and leaves them undefined.
func (m *Map) Forward(a *dense.Matrix, halt *atomic.Bool) {
	m.a.Copy(a)
	m.trail[0].p.Identity(1)
	m.trail[0].q.Zero()
	for i, o := range m.ops {
		from, to := m.trail[i], m.trail[i+1]
		if halt.Load() {
			return
		}
		if o.square {
			m.pool.Mul(to.p, from.p, m.symmetric(), from.p, nil)
			m.pool.Mul(to.q, from.p, m.symmetric(), from.q, from.q)
			continue
		}
		m.transition(o.n)
		if i == 0 {
			to.p.Copy(m.e)
			to.q.Zero()
		} else {
			m.pool.Mul(to.p, m.e, m.symmetric(), from.p, nil)
			m.pool.Mul(to.q, m.e, m.symmetric(), from.q, nil)
		}
		to.q.AddDiagonal(m.rec.size(o.n))
	}
	last := m.trail[len(m.ops)]
	if m.symmetric() {
		m.P.Copy(last.p)
		m.Q.Copy(last.q)
		return
	}
	for i := range m.k {
		for j := range m.k {
			p := last.p.At(i, j)
			m.P.Set(i, j, p+last.p.At(i, m.k+j)) // the state starts as (Z₀, Z₀)
			m.Q.Set(i, j, last.q.At(i, j))
		}
	}
}

// symmetric reports whether the state is the latents alone: then P, Q and E are
// polynomials of A, and their own transposes.
func (m *Map) symmetric() bool { return m.d == m.k }

// transition sets e to the matrix of step n:
//
//	plain       I − s·A
//	heavy ball  (1+μ)·I − s·A    −μ·I          Nesterov  (1+μ)(I − s·A)  −μ·(I − s·A)
//	            I                 0                       I                0
func (m *Map) transition(n int) {
	s, mu := m.rec.size(n), m.rec.mu(n)
	if m.symmetric() {
		m.e.Zero()
		m.e.AddScaled(-s, m.a)
		m.e.AddDiagonal(1)
		return
	}
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
func (m *Map) gains(mu float64) (near, far float64) {
	if m.rec.Ahead {
		return 1 + mu, -mu
	}
	return 1, 0
}

package closedform

import "github.com/inversenet/inversenet/inverse/internal/dense"

// Backward, after Forward, takes the gradients ∂P and ∂Q of a loss back to the
// matrix: it sets da to ∂A, not made symmetric, and, unless ds is nil, ds[n] to
// ∂s_n. With equal steps ds holds their common derivative in its last element and
// zeros elsewhere.
//
// The ops run in reverse:
//
//	(P, Q) → (P², P·Q + Q)      ∂P = ∂P'·Pᵀ + Pᵀ·∂P' + ∂Q'·Qᵀ    ∂Q = ∂Q' + Pᵀ·∂Q'
//	(P, Q) → (E·P, E·Q + F)     ∂P = Eᵀ·∂P'    ∂Q = Eᵀ·∂Q'    ∂E = ∂P'·Pᵀ + ∂Q'·Qᵀ    ∂F = ∂Q'
func (m *Map) Backward(da *dense.Matrix, ds []float64, dp, dq *dense.Matrix) {
	m.seed(dp, dq)
	da.Zero()
	clear(ds)
	for i := len(m.ops) - 1; i >= 0; i-- {
		o, from := m.ops[i], m.trail[i]
		if o.square {
			m.reverseSquare(from)
		} else {
			m.reverseStep(o.n, from, i == 0, da, ds)
		}
	}
}

// seed spreads ∂P and ∂Q over the state.
func (m *Map) seed(dp, dq *dense.Matrix) {
	if m.symmetric() {
		m.dp.Copy(dp)
		m.dq.Copy(dq)
		return
	}
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

func (m *Map) reverseSquare(from pair) {
	m.mulByTranspose(m.tmp, m.dp, from.p, nil)
	m.mulByTranspose(m.tmp, m.dq, from.q, m.tmp)
	m.pool.Mul(m.tmp, from.p, true, m.dp, m.tmp)
	m.pool.Mul(m.tmpQ, from.p, true, m.dq, m.dq)
	m.dp, m.tmp = m.tmp, m.dp
	m.dq, m.tmpQ = m.tmpQ, m.dq
}

func (m *Map) reverseStep(n int, from pair, first bool, da *dense.Matrix, ds []float64) {
	if first { // from the identity: ∂E = ∂P'
		m.de.Copy(m.dp)
	} else {
		m.mulByTranspose(m.de, m.dp, from.p, nil)
		m.mulByTranspose(m.de, m.dq, from.q, m.de)
	}
	slope := m.reverseTransition(n, da)
	for i := range m.k {
		slope += m.dq.At(i, i)
	}
	if ds != nil {
		ds[n] += slope
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
func (m *Map) reverseTransition(n int, da *dense.Matrix) (slope float64) {
	s, mu := m.rec.Sizes[n], m.rec.Mu[n]
	if m.symmetric() {
		da.AddScaled(-s, m.de)
		return -dense.Trace(m.a, m.de)
	}
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

// mulByTranspose: dst = init + a·bᵀ. A plain map is symmetric, and its own
// transpose.
func (m *Map) mulByTranspose(dst, a, b, init *dense.Matrix) {
	if m.symmetric() {
		m.pool.Mul(dst, a, false, b, init)
		return
	}
	t := m.pT
	if b.Cols == m.k {
		t = m.qT
	}
	t.Transpose(b)
	m.pool.Mul(dst, a, false, t, init)
}

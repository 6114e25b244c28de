package inverse

import (
	"math/big"
	"math/bits"
)

// precision is the number of bits of the exact references: so many that their own
// rounding is nothing beside that of float64, whatever the condition number.
const precision = 256

// exactMatrix is a row-major matrix of long floats.
type exactMatrix struct {
	rows, cols int
	data       []big.Float
}

func newExact(rows, cols int) *exactMatrix {
	m := &exactMatrix{rows: rows, cols: cols, data: make([]big.Float, rows*cols)}
	for i := range m.data {
		m.data[i].SetPrec(precision)
	}
	return m
}

func exactly[T Float](m Matrix[T]) *exactMatrix {
	out := newExact(m.Rows, m.Cols)
	for i := range m.Rows {
		for j, v := range m.Row(i) {
			out.at(i, j).SetFloat64(float64(v))
		}
	}
	return out
}

func (m *exactMatrix) at(i, j int) *big.Float { return &m.data[i*m.cols+j] }

func (m *exactMatrix) transposed() *exactMatrix {
	out := newExact(m.cols, m.rows)
	for i := range m.rows {
		for j := range m.cols {
			out.at(j, i).Set(m.at(i, j))
		}
	}
	return out
}

func (m *exactMatrix) times(b *exactMatrix) *exactMatrix {
	out, term := newExact(m.rows, b.cols), new(big.Float).SetPrec(precision)
	for i := range m.rows {
		for j := range b.cols {
			sum := out.at(i, j)
			for k := range m.cols {
				sum.Add(sum, term.Mul(m.at(i, k), b.at(k, j)))
			}
		}
	}
	return out
}

func (m *exactMatrix) plus(b *exactMatrix) *exactMatrix {
	out := newExact(m.rows, m.cols)
	for i := range m.data {
		out.data[i].Add(&m.data[i], &b.data[i])
	}
	return out
}

func (m *exactMatrix) scaled(c float64) *exactMatrix {
	out, factor := newExact(m.rows, m.cols), big.NewFloat(c)
	for i := range m.data {
		out.data[i].Mul(&m.data[i], factor)
	}
	return out
}

func exactIdentity(n int) *exactMatrix {
	m := newExact(n, n)
	for i := range n {
		m.at(i, i).SetFloat64(1)
	}
	return m
}

func (m *exactMatrix) rounded() []float64 {
	out := make([]float64, len(m.data))
	for i := range m.data {
		out[i], _ = m.data[i].Float64()
	}
	return out
}

// exactInversion is the result of n plain steps of size s from z0 on x for the
// generator W·z, and ∂⟨λ, z_n⟩/∂W; batches have samples as columns here.
//
// (P, Q) of Z_n = P·Z₀ + Q·WᵀX is found by squaring; the way back is its reverse.
func exactInversion(w, x, z0, lambda *exactMatrix, s float64, n int) (z, dw *exactMatrix) {
	wt, id := w.transposed(), exactIdentity(w.cols)
	m := id.plus(wt.times(w).scaled(-s))
	c := wt.times(x)
	type state struct {
		p, q   *exactMatrix
		square bool // what came next
	}
	var trail []state
	p, q := id, newExact(w.cols, w.cols)
	for bit := bits.Len(uint(n)) - 1; bit >= 0; bit-- {
		trail = append(trail, state{p, q, true})
		p, q = p.times(p), p.times(q).plus(q)
		if n>>bit&1 == 1 {
			trail = append(trail, state{p, q, false})
			p, q = m.times(p), m.times(q).plus(id.scaled(s))
		}
	}
	z = p.times(z0).plus(q.times(c))

	dp, dq := lambda.times(z0.transposed()), lambda.times(c.transposed())
	dc, dm := q.times(lambda), newExact(w.cols, w.cols)
	for i := len(trail) - 1; i >= 0; i-- {
		p, q := trail[i].p, trail[i].q // polynomials of a symmetric matrix: their own transposes
		if trail[i].square {
			dp = dp.times(p).plus(p.times(dp)).plus(dq.times(q))
			dq = dq.plus(p.times(dq))
			continue
		}
		dm = dm.plus(dp.times(p)).plus(dq.times(q))
		dp, dq = m.times(dp), m.times(dq)
	}
	da := dm.plus(dm.transposed()).scaled(-s)
	return z, w.times(da).plus(x.times(dc.transposed()))
}

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
	P, Q  *dense.Matrix // k × k
	chain chain
}

// A chain takes the ops of a map one after the other, and back. There is one for
// plain descent, whose matrices are all symmetric, and one for momentum.
type chain interface {
	forward(p, q, a *dense.Matrix, halt *atomic.Bool)
	backward(da *dense.Matrix, ds []float64, dp, dq *dense.Matrix)
}

// NewMap prepares the memory for maps of k latents by the recurrence, which is
// kept: the values of its sizes may change between calls.
func NewMap(pool *dense.Pool, k int, rec Recurrence) *Map {
	m := &Map{P: pool.New(k, k), Q: pool.New(k, k)}
	if rec.momentum() {
		m.chain = newMomentum(pool, k, rec)
	} else {
		m.chain = newPlain(pool, k, rec)
	}
	return m
}

// Forward sets P and Q for the symmetric matrix a. Once halt is set, by another
// goroutine, it returns soon and leaves them undefined.
func (m *Map) Forward(a *dense.Matrix, halt *atomic.Bool) { m.chain.forward(m.P, m.Q, a, halt) }

// Backward, after Forward, takes the gradients ∂P and ∂Q of a loss, which it may
// overwrite, back to the matrix: it sets da to ∂A, of which only the symmetric part
// means something, and ds to the derivatives in the sizes.
//
// The ops run in reverse:
//
//	(P, Q) → (P², P·Q + Q)      ∂P = ∂P'·Pᵀ + Pᵀ·∂P' + ∂Q'·Qᵀ    ∂Q = ∂Q' + Pᵀ·∂Q'
//	(P, Q) → (E·P, E·Q + F)     ∂P = Eᵀ·∂P'    ∂Q = Eᵀ·∂Q'    ∂E = ∂P'·Pᵀ + ∂Q'·Qᵀ    ∂F = ∂Q'
func (m *Map) Backward(da *dense.Matrix, ds []float64, dp, dq *dense.Matrix) {
	clear(ds)
	m.chain.backward(da, ds, dp, dq)
}

// op squares the map, or puts step n after it.
type op struct {
	square bool
	n      int
}

// plan lists the ops: the first is a step, from the identity.
func (r Recurrence) plan() (ops []op) {
	n := r.Steps
	if !r.uniform() {
		for i := range n {
			ops = append(ops, op{n: i})
		}
		return ops
	}
	ops = append(ops, op{n: n - 1})
	for bit := bits.Len(uint(n)) - 2; bit >= 0; bit-- {
		ops = append(ops, op{square: true})
		if n>>bit&1 == 1 {
			ops = append(ops, op{n: n - 1})
		}
	}
	return ops
}

type pair struct{ p, q *dense.Matrix }

package engine

import (
	"fmt"
	"math"
	"sync/atomic"

	"github.com/inversenet/inversenet/inverse/internal/activeset"
	"github.com/inversenet/inversenet/inverse/internal/dense"
	"github.com/inversenet/inversenet/kernels"
)

// exact takes no steps: Z is the minimiser of
//
//	f(z) = ½‖W·z + b − x‖² + ½·ridge‖z‖² + sparse·‖z‖₁
//
// between the bounds of the prox, found by package activeset from A = WᵀW + ridge
// and c = Wᵀ(x − b), both in float64 whatever T is. With u_S = A_SS⁻¹·∂L/∂z_S on the
// support S, and 0 elsewhere, the derivatives are those of the condition ∇f = 0,
//
//	∂L/∂φ = −⟨u, ∂φ∇f⟩      ∂L/∂ridge = −⟨u, z⟩      ∂L/∂sparse = −⟨u, sign z⟩
//
// so that those in W, b and X are [gram]'s, of one step at Z with V = U.
type exact[T Float] struct {
	table    *kernels.Table[T]
	settings *Settings
	want     Want
	halt     *atomic.Bool
	gram     *gram[T] // of which the field's own products are not used

	wide    *kernels.Table[float64]
	weights []float64                 // W
	wt      *kernels.Weights[float64] // Wᵀ
	a       []float64                 // A, rows of whole panel rows
	stride  int                       // of a
	size    float64                   // 1/max A_kk, the step that residuals are told by

	shared  *activeset.Gram
	problem *activeset.Problem
	terms   activeset.Terms
}

func newExact[T Float](t *kernels.Table[T], threads int, s *Settings, g *Generator[T], want Want, halt *atomic.Bool) *exact[T] {
	j, k, wide := g.Pixels, g.Latents, wideTable(t)
	e := &exact[T]{
		table: t, settings: s, want: want, halt: halt, gram: newGram(t, threads, g, want),
		wide: wide, weights: make([]float64, j*k), wt: wide.NewWeights(k, j),
		stride: (k + wide.Width() - 1) / wide.Width() * wide.Width(),
		shared: activeset.NewGram(wide), problem: activeset.NewProblem(), terms: s.terms(k, roundTo[T]),
	}
	e.a = make([]float64, k*e.stride)
	return e
}

// terms are the penalty and the bounds of each latent. Bounds are rounded to what
// latents can be.
func (s *Settings) terms(latents int, round func(float64) float64) activeset.Terms {
	terms := activeset.Terms{Ridge: s.Ridge}
	if s.Sparse > 0 {
		terms.Lambda = make([]float64, latents)
		for k := range terms.Lambda {
			terms.Lambda[k] = s.Sparse
		}
	}
	if s.Prox.Shape != kernels.ProxClamp && !s.Prox.OneSided {
		return terms
	}
	terms.Lower, terms.Upper = make([]float64, latents), make([]float64, latents)
	for k := range latents {
		terms.Lower[k], terms.Upper[k] = 0, math.Inf(1)
		if s.Prox.Shape == kernels.ProxClamp {
			terms.Lower[k], terms.Upper[k] = round(PerLatent(s.Prox.Lo, k)), round(PerLatent(s.Prox.Hi, k))
		}
	}
	return terms
}

// roundTo rounds v to a T, unless it is too large for one.
func roundTo[T Float](v float64) float64 {
	if r := float64(T(v)); !math.IsInf(r, 0) {
		return r
	}
	return v
}

func (e *exact[T]) load(g *Generator[T], same bool, _ stepSizes) error {
	e.gram.load(g, same)
	if same {
		return nil
	}
	k := e.gram.k
	for i, v := range g.Layers[0].W {
		e.weights[i] = float64(v)
	}
	e.wt.PackTransposed(e.weights, k)
	square := e.gram.exact // until gradients need its place
	if err := e.check(square); err != nil {
		return err
	}
	square.AddDiagonal(e.settings.Ridge)
	most := 0.0
	for i := range k {
		dense.GetRow(e.a[i*e.stride:i*e.stride+k], square, i, 0, 1)
		most = max(most, e.a[i*e.stride+i])
	}
	if !Finite(e.a) {
		return fmt.Errorf("the exact form needs WᵀW + ridge, which is too large for float64: scale the weights or the ridge down")
	}
	e.size = automatic(most)
	e.shared.Set(k, e.a, e.stride)
	e.problem.Set(e.shared, e.terms)
	return nil
}

// check returns an error for a column whose squares leave float64.
func (e *exact[T]) check(square *dense.Matrix) error {
	const least = 1e-290 // with room for the digits of products
	for c := range e.gram.k {
		v := square.At(c, c)
		if v >= least && v <= math.MaxFloat64 {
			continue
		}
		for i := range e.gram.pixels {
			if w := e.weights[i*e.gram.k+c]; w != 0 {
				return fmt.Errorf("the exact form needs WᵀW in float64, and column %d of W is too large or too small for that, see its element %v in row %d: scale it", c, w, i)
			}
		}
	}
	return nil
}

// partialLen: that of gram, then the derivatives in the ridge and in the sparse
// weight, negated.
func (e *exact[T]) partialLen() int { return e.gram.partialLen() + 2 }

func (e *exact[T]) gradient(g *Gradients[T], partial []T) {
	own := e.gram.partialLen()
	e.gram.gradient(g.Generator, partial[:own])
	if e.want.Ridge {
		g.Ridge = -float64(partial[own])
	}
	if e.want.Sparse {
		g.Sparse = -float64(partial[own+1])
	}
}

package engine

import (
	"math"

	"github.com/inversenet/inversenet/kernels"
)

// Settings are the inner steps that an engine takes. Whoever makes them has
// checked them.
type Settings struct {
	Steps int
	// Rates are α, one for all steps or one for each; a step is s = α·r. Nil takes
	// s = 1/(λmax + Ridge).
	Rates         []float64
	Method        Method
	Prox          Prox
	Ridge, Sparse float64
	// Tolerance, when positive, ends a sample's steps, see [stopRule].
	Tolerance float64
	Form      Form
	Adjoint   Adjoint
}

// A Method says from where a step starts: y = z + μ_n·(z − z⁻), with the gradient
// taken at y when Ahead and else at z. The first step has no last move.
type Method struct {
	Mu    []float64 // nil for plain descent, one for all steps, or one for each
	Ahead bool
}

// mu is μ_n.
func (m Method) mu(n int) float64 {
	switch {
	case n == 0 || m.Mu == nil:
		return 0
	case len(m.Mu) == 1:
		return m.Mu[0]
	default:
		return m.Mu[n]
	}
}

// plain reports whether there is no momentum.
func (m Method) plain() bool { return m.Mu == nil }

// uniform reports whether all steps are alike.
func (s *Settings) uniform() bool {
	for _, a := range s.Rates {
		if a != s.Rates[0] {
			return false
		}
	}
	return len(s.Method.Mu) <= 1
}

// affine reports whether each step is an affine map and all are taken, so that the
// closed form applies.
func (s *Settings) affine() bool {
	return s.Prox.Shape == kernels.ProxNone && s.Tolerance == 0
}

// A Prox is the map that ends each step: a clamp to bounds, or a shrink by the
// thresholds t + s·Sparse, each one for all latents or one for each.
type Prox struct {
	Shape      kernels.Prox
	Lo, Hi     []float64
	Thresholds []float64 // nil for 0
	OneSided   bool      // a shrink to values that are not negative
}

// threshold is the fixed part t of latent k's threshold.
func (p Prox) threshold(k int) float64 {
	if p.Thresholds == nil {
		return 0
	}
	return PerLatent(p.Thresholds, k)
}

// bounds fills what kernels want for a step whose prior shrinks by extra.
func bounds[T Float](p Prox, extra float64, lo, hi []T) {
	for k := range lo {
		switch p.Shape {
		case kernels.ProxClamp:
			lo[k], hi[k] = T(PerLatent(p.Lo, k)), T(PerLatent(p.Hi, k))
		case kernels.ProxShrink:
			t := T(p.threshold(k) + extra)
			lo[k], hi[k] = -t, t
			if p.OneSided {
				lo[k] = T(math.Inf(-1))
			}
		}
	}
}

// holds reports whether latent k, at z, is held by a bound, or at 0 by a threshold.
func holds[T Float](s *Settings, k int, z T) bool {
	if s.Prox.Shape == kernels.ProxClamp && !(z > T(PerLatent(s.Prox.Lo, k)) && z < T(PerLatent(s.Prox.Hi, k))) {
		return true
	}
	return z == 0 && (s.Prox.Shape == kernels.ProxShrink || s.Sparse > 0)
}

// An Adjoint says how gradients go back through the steps.
type Adjoint struct {
	Kind AdjointKind
	// Back is how many of the last steps [Unrolled] goes back through.
	Back int
	// Stepwise asks for the steps one by one, which the closed form does not have.
	Stepwise bool
	// Checkpoint makes it remember about √N steps and take the others again.
	Checkpoint bool
	// Tolerance and Iterations end the conjugate gradients of [Implicit], 0 for the
	// default; Tangents is how many steps [Forward] follows.
	Tolerance  float64
	Iterations int
	Tangents   int
}

// An AdjointKind is a way for gradients through steps.
type AdjointKind int

const (
	Unrolled AdjointKind = iota
	Implicit
	Forward
)

// Want says which gradients are computed besides those in the parameters of the
// generator.
type Want struct {
	Steps      bool // in log s: of each step, or of all where they are equal
	Thresholds bool // in the fixed thresholds of each latent
	Ridge      bool
	Sparse     bool
	X          bool
}

// Gradients receives the derivatives of a loss; those that were not wanted are
// left alone.
type Gradients[T Float] struct {
	Generator     [][]T // in the order of the generator's parameters
	LogSteps      []float64
	Thresholds    []float64
	Ridge, Sparse float64
}

// stepSizes are s of each step: one number where all are equal.
type stepSizes []float64

func (s stepSizes) at(n int) float64 {
	if len(s) == 1 {
		return s[0]
	}
	return s[n]
}

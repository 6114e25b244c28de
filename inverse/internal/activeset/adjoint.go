package activeset

import (
	"errors"
	"fmt"
	"math"
)

// ErrUnsettled is returned by [Solver.Adjoint] after a [PivotLimit].
var ErrUnsettled = errors.New("activeset: the support had not settled when the limit of pivots was reached: no derivative")

// A NotUniqueError says that a minimiser is not the only one, or cannot be told
// from others in float64, so that it has no derivative.
type NotUniqueError struct {
	// Latent depends on the support, or on those before it in the support.
	Latent int
	// InSupport tells which.
	InSupport bool
	// Distance is that of the latent's column of W from the span of the others,
	// relative to its length, to within √2.
	Distance float64
	// Support is the number of latents in the support.
	Support int
}

func (e *NotUniqueError) Error() string {
	if e.InSupport {
		return fmt.Sprintf("no unique minimiser: of the %d free latents, latent %d is a combination of others (relative distance %.1e)", e.Support, e.Latent, e.Distance)
	}
	return fmt.Sprintf("no unique minimiser: latent %d could take the place of some of the %d free latents at no cost (relative distance %.1e)", e.Latent, e.Support, e.Distance)
}

// unique is the Schur complement of a column, relative to its diagonal element
// near 1, below which a derivative would have no more than three right digits.
const unique = 0x1p-40

// Adjoint differentiates the last answer. Given v = ∂L/∂z it sets, S being the
// support,
//
//	u_S = A_SS⁻¹·v_S, 0 elsewhere      w_j = v_j − (A·u)_j where z_j is held at a bound, 0 elsewhere
//
// from which all gradients follow, see the package's documentation: ∂L/∂c = u,
// and w is that of the bounds. A nil w is left out. u and w may not overlap v.
//
// The derivative is the one on the side where the support stays as it is: a
// latent at 0 whose gradient is exactly at its limit counts as staying there. The
// error is a [NotUniqueError] or [ErrUnsettled]; nothing is written then.
func (s *Solver) Adjoint(u, w, v []float64) error {
	if s.status == PivotLimit {
		return ErrUnsettled
	}
	if err := s.checkUnique(); err != nil {
		return err
	}
	d := s.p.gram
	b := s.target[:len(s.support)]
	for i, j := range s.support {
		b[i] = v[j] * d.down[j]
	}
	s.f.forward(b)
	s.f.backward(b)
	clear(u[:len(s.z)])
	for i, j := range s.support {
		u[j] = b[i] * d.down[j]
	}
	if w == nil {
		return nil
	}
	for i := range s.support {
		s.rows.coef[s.slot[i]] = -b[i]
	}
	clear(s.r)
	s.rows.accumulate(s.r)
	for j, z := range s.z {
		w[j] = 0
		if !s.inside[j] && (z == s.p.lower[j] || z == s.p.upper[j]) {
			w[j] = v[j] + s.r[j]*d.up[j]
		}
	}
	return nil
}

// checkUnique looks for a latent within the support that depends on those before
// it, and for one outside that could enter at no cost and depends on the support.
func (s *Solver) checkUnique() error {
	for i, j := range s.support {
		if schur := s.f.schur[i]; schur < unique {
			return &NotUniqueError{Latent: j, InSupport: true, Distance: math.Sqrt(max(schur, 0)), Support: len(s.support)}
		}
	}
	s.correlate()
	tie := 64 * s.tolerance()
	for j, z := range s.z {
		if s.inside[j] {
			continue
		}
		up, down := s.p.thresholds(j, z)
		if s.r[j] < up-tie && -s.r[j] < down-tie {
			continue
		}
		if schur := s.f.extend(s.p.gram.row(j), s.support, j); schur < unique {
			return &NotUniqueError{Latent: j, Distance: math.Sqrt(max(schur, 0)), Support: len(s.support)}
		}
	}
	return nil
}

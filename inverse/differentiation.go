package inverse

import (
	"fmt"

	"github.com/inversenet/inversenet/inverse/internal/engine"
)

// Differentiation says how a gradient goes back through the inner steps:
// [Unrolled], [Truncated], [OneStep], [Implicit], [Closed] or [Forward]. It can be
// given to any inner method that supports it; what does not is refused at
// construction.
type Differentiation interface {
	fmt.Stringer
	validate(in Inner) error
}

// Unrolled goes back through every step: the exact gradient of what was
// computed.
//
// It remembers the latents of all N steps. With Checkpoint it remembers those of
// about √N of them and takes the steps in between again on the way back: the same
// bits, one more walk forward.
type Unrolled struct {
	Checkpoint bool // remember some latents and compute the others again
}

// Truncated goes back through the last Steps steps and takes the latents before
// them as constants.
type Truncated struct {
	Steps int // at least 1, at most Inner.Steps
}

// OneStep goes back through the last step alone (Bolte, Pauwels and Vaiter,
// 2023); near a fixed point of a fast method it is close to the implicit
// gradient.
type OneStep struct{}

// Implicit takes z_N as a minimiser of f and differentiates that condition:
// ∂L/∂φ = −⟨u, ∂φ∇f⟩ with H·u = ∂L/∂z on the latents that no bound holds, and H the
// curvature ∇²f there. The starts get no gradient.
//
// Up to 512 latents, H is factorised in float64; for more, the system is solved by
// conjugate gradients, until the residual is Tolerance of ∂L/∂z, below 1 (0: 1e-12,
// or 1e-6 in float32) or after Iterations (0: ten for each latent). Where there is
// no unique minimiser, because H is singular (more free latents than pixels and no
// ridge, say) or not positive, there is no such gradient: that is a [MinimumError].
type Implicit struct {
	Tolerance  float64 // of conjugate gradients, relative to ‖∂L/∂z‖; 0 for the default
	Iterations int     // of conjugate gradients, at most; 0 for the default
}

// Forward carries the derivative in each parameter of a [Linear] generator along
// with the steps: exact, and cheap for a handful of parameters only. With Steps
// positive, derivatives follow the first Steps steps alone, as in the article's
// scalar example. The starts get no gradient.
type Forward struct {
	Steps int // at most Inner.Steps; 0 for all
}

// Closed is the exact gradient of the closed form, see [ClosedForm].
type Closed struct{}

// String is unrolled, with or without checkpoints.
func (u Unrolled) String() string {
	if u.Checkpoint {
		return "unrolled with checkpoints"
	}
	return "unrolled"
}

// String is truncated, with the number of steps.
func (t Truncated) String() string { return fmt.Sprintf("truncated to %d steps", t.Steps) }

// String is one step.
func (OneStep) String() string { return "one step" }

// String is implicit.
func (Implicit) String() string { return "implicit" }

// String is closed.
func (Closed) String() string { return "closed" }

// String is forward, with the number of steps unless it is all.
func (f Forward) String() string {
	if f.Steps == 0 {
		return "forward"
	}
	return fmt.Sprintf("forward through %d steps", f.Steps)
}

func (Unrolled) validate(in Inner) error {
	if in.Form == ClosedForm {
		return fmt.Errorf("unrolled differentiation needs the steps, and the closed form takes none: use the form direct or gram, or the differentiation Closed")
	}
	return nil
}

func (t Truncated) validate(in Inner) error {
	if t.Steps < 1 || t.Steps > in.Steps {
		return fmt.Errorf("truncated differentiation through %d steps: want 1 to the %d inner steps", t.Steps, in.Steps)
	}
	return Unrolled{}.validate(in)
}

func (OneStep) validate(in Inner) error { return Unrolled{}.validate(in) }

func (i Implicit) validate(in Inner) error {
	if !(i.Tolerance >= 0 && i.Tolerance < 1) || i.Iterations < 0 {
		return fmt.Errorf("implicit differentiation: tolerance %v and %d iterations, want a tolerance of at least 0 and below 1 and at least 0 iterations", i.Tolerance, i.Iterations)
	}
	if in.Prox.Kind == Soft || in.Prox.Kind == NonNegativeSoft {
		return fmt.Errorf("implicit differentiation needs f to have a minimiser that the steps approach: a fixed threshold is a prior only for one step size, use Sparse instead of Prox thresholds")
	}
	return Unrolled{}.validate(in)
}

func (f Forward) validate(in Inner) error {
	if f.Steps < 0 || f.Steps > in.Steps {
		return fmt.Errorf("forward differentiation through %d steps: want 0 for all or at most the %d inner steps", f.Steps, in.Steps)
	}
	return Unrolled{}.validate(in)
}

func (Closed) validate(in Inner) error {
	if in.Form != Auto && in.Form != ClosedForm {
		return fmt.Errorf("closed differentiation needs the closed form, not %v", in.Form)
	}
	return nil
}

// validateDifferentiation refuses what is none of the settings above.
func validateDifferentiation(in Inner) error {
	switch d := in.Differentiation.(type) {
	case nil:
		return nil
	case Unrolled, Truncated, OneStep, Implicit, Forward, Closed:
		return d.validate(in)
	default:
		return refused("inner differentiation", d, "Unrolled, Truncated, OneStep, Implicit, Forward or Closed, or nil for an exact one")
	}
}

// adjointOf is what the engine needs of a differentiation.
func adjointOf(d Differentiation, steps int) engine.Adjoint {
	a := engine.Adjoint{Back: steps, Stepwise: true}
	switch d := d.(type) {
	case nil, Closed:
		a.Stepwise = false
	case Unrolled:
		a.Checkpoint = d.Checkpoint
	case Truncated:
		a.Back = d.Steps
	case OneStep:
		a.Back = 1
	case Implicit:
		a.Kind, a.Tolerance, a.Iterations = engine.Implicit, d.Tolerance, d.Iterations
	case Forward:
		a.Kind, a.Tangents = engine.Forward, d.Steps
	}
	return a
}

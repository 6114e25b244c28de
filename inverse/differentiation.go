package inverse

import "fmt"

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
type Unrolled struct{}

// Truncated goes back through the last Steps steps and takes the latents before
// them as constants.
type Truncated struct{ Steps int }

// OneStep goes back through the last step alone (Bolte, Pauwels and Vaiter,
// 2023); near a fixed point of a fast method it is close to the implicit
// gradient.
type OneStep struct{}

// Implicit takes z_N as a minimiser of f and differentiates that condition:
// ∂L/∂φ = −⟨u, ∂φ∇f⟩ with H·u = ∂L/∂z on the latents that no bound holds.
// The system is solved for each sample by conjugate gradients, until the residual
// is Tolerance of ∂L/∂z (0: 1e-12, or 1e-6 in float32) or after Iterations (0:
// ten for each latent). The starts get no gradient.
type Implicit struct {
	Tolerance  float64
	Iterations int
}

// Forward carries the derivative in each parameter of a [Linear] generator along
// with the steps: exact, and cheap for a handful of parameters only. With Steps
// positive, derivatives follow the first Steps steps alone, as in the article's
// scalar example. The starts get no gradient.
type Forward struct{ Steps int }

// Closed is the exact gradient of the closed form, see [ClosedForm].
type Closed struct{}

func (Unrolled) String() string    { return "unrolled" }
func (t Truncated) String() string { return fmt.Sprintf("truncated to %d steps", t.Steps) }
func (OneStep) String() string     { return "one step" }
func (Implicit) String() string    { return "implicit" }
func (Closed) String() string      { return "closed" }
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
	if i.Tolerance < 0 || i.Iterations < 0 {
		return fmt.Errorf("implicit differentiation: tolerance %v and %d iterations, want at least 0", i.Tolerance, i.Iterations)
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

// backSteps is how many of the last steps a gradient goes back through.
func backSteps(d Differentiation, steps int) int {
	switch d := d.(type) {
	case Truncated:
		return d.Steps
	case OneStep:
		return 1
	default:
		return steps
	}
}

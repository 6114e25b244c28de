package inverse

import (
	"fmt"

	"github.com/inversenet/inversenet/inverse/internal/engine"
)

// A Form is a way to compute the inner steps of a linear generator. Direct, Gram and
// closed are the same mathematics; the exact form is where the steps lead.
type Form int

const (
	// Auto is the cheapest form that applies, by a model of the operations it
	// takes.
	Auto = Form(engine.Auto)
	// DirectForm takes each step as it is written: 2·J·K multiply-adds a sample
	// and step. It applies to every generator, prox and momentum.
	DirectForm = Form(engine.Direct)
	// GramForm steps by the normal equations: K² multiply-adds a sample and step.
	// It applies to linear generators, with every prox and momentum.
	GramForm = Form(engine.Gram)
	// ClosedForm replaces all N steps by one affine map of (z₀, x), found by
	// log₂N products of K×K matrices in float64, or N products where steps differ
	// in size or momentum. It applies to linear generators without a prox, a
	// sparse prior or a tolerance, and differentiates by [Closed].
	ClosedForm = Form(engine.Closed)
	// ExactForm takes no steps: z is the minimiser of the f of [Inner], over all z,
	// those that are not negative, or those in a box. It applies to linear generators
	// and the proxes Free, NonNegativeLatents and Box, and must be asked for: [Auto] is
	// never it, for N steps have another result.
	//
	// An active set is moved, pivot by pivot, until every latent meets the conditions
	// of a minimum to rounding, in float64 also for float32 models: K·n multiply-adds a
	// pivot, with n latents that are not 0 or at a bound. [Stats] has the proof. A start
	// whose latents are not all 0 says which are free at first; it decides about
	// nothing but the time, and which minimiser is found where there are several.
	//
	// Inner.Steps, LearningRate and Reduction do not matter to z, and may be 0. Derivatives
	// are those of the minimiser, see [Implicit], from the same factors.
	ExactForm = Form(engine.Exact)
)

var formNames = names[Form]{"form", []string{"auto", "direct", "gram", "closed", "exact"}}

// String is the name that [ParseForm] knows.
func (f Form) String() string { return formNames.of(f) }

// ParseForm is the inverse of [Form.String].
func ParseForm(name string) (Form, error) { return formNames.parse(name) }

// applies returns an error that says why the form does not apply.
func (f Form) applies(in Inner) error {
	switch f {
	case ClosedForm:
		return closedApplies(in)
	case ExactForm:
		return exactApplies(in)
	default:
		return nil
	}
}

func exactApplies(in Inner) error {
	const why = "it takes no steps, but finds the minimiser"
	switch {
	case in.Prox.Kind == Soft || in.Prox.Kind == NonNegativeSoft:
		return fmt.Errorf("the exact form cannot take the prox %v: a fixed threshold is a prior only for one step size, use Sparse instead, with NonNegativeLatents where latents must not be negative", in.Prox.Kind)
	case in.Momentum != Momentum{}:
		return fmt.Errorf("the exact form has no use for momentum: %s", why)
	case in.Tolerance != 0:
		return fmt.Errorf("the exact form has no use for a tolerance: %s", why)
	case in.StepSizes != nil:
		return fmt.Errorf("the exact form has no use for step sizes: %s", why)
	case in.AutoStep:
		return fmt.Errorf("the exact form has no use for automatic step sizes: %s", why)
	}
	switch in.Differentiation.(type) {
	case nil, Implicit:
		return nil
	default:
		return fmt.Errorf("the exact form has no steps for %v differentiation: leave it nil, or use Implicit", in.Differentiation)
	}
}

func closedApplies(in Inner) error {
	switch {
	case in.Prox.Kind != Free:
		return fmt.Errorf("the closed form cannot take the prox %v: a step with one is not affine", in.Prox.Kind)
	case in.Sparse != 0:
		return fmt.Errorf("the closed form cannot take a sparse prior: a step with one is not affine")
	case in.Tolerance != 0:
		return fmt.Errorf("the closed form cannot stop at a tolerance: it takes all steps at once")
	}
	switch in.Differentiation.(type) {
	case nil, Closed:
		return nil
	default:
		return fmt.Errorf("the closed form has no steps for %v differentiation", in.Differentiation)
	}
}

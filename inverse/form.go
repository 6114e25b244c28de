package inverse

import (
	"fmt"

	"github.com/inversenet/inversenet/inverse/internal/engine"
)

// A Form is a way to compute the inner steps of a linear generator. All are the
// same mathematics.
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
)

var formNames = names[Form]{"form", []string{"auto", "direct", "gram", "closed"}}

// String is the name that [ParseForm] knows.
func (f Form) String() string { return formNames.of(f) }

// ParseForm is the inverse of [Form.String].
func ParseForm(name string) (Form, error) { return formNames.parse(name) }

// applies returns an error that says why the form does not apply.
func (f Form) applies(in Inner) error {
	if f != ClosedForm {
		return nil
	}
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

package inverse

import (
	"fmt"

	"github.com/inversenet/inversenet/kernels"
)

// A Form is a way to compute the inner steps of a linear generator. All are the
// same mathematics.
type Form int

const (
	// Auto is the cheapest form that applies, by a model of the operations it
	// takes.
	Auto Form = iota
	// DirectForm takes each step as it is written: 2·J·K multiply-adds a sample
	// and step. It applies to every generator, prox and momentum.
	DirectForm
	// GramForm steps by the normal equations: K² multiply-adds a sample and step.
	// It applies to linear generators, with every prox and momentum.
	GramForm
	// ClosedForm replaces all N steps by one affine map of (z₀, x), found by
	// log₂N products of K×K matrices in float64, or N products where steps differ
	// in size or momentum. It applies to linear generators without a prox, a
	// sparse prior or a tolerance, and differentiates by [Closed].
	ClosedForm
)

var formNames = [...]string{"auto", "direct", "gram", "closed"}

// String is the name that [ParseForm] knows.
func (f Form) String() string {
	if f < 0 || int(f) >= len(formNames) {
		return fmt.Sprintf("Form(%d)", int(f))
	}
	return formNames[f]
}

// ParseForm is the inverse of [Form.String].
func ParseForm(name string) (Form, error) {
	for i, n := range formNames {
		if n == name {
			return Form(i), nil
		}
	}
	return 0, fmt.Errorf("unknown form %q: allowed are auto, direct, gram and closed", name)
}

// newEngine builds the engine for a generator: the form that was asked for, or
// the cheapest for batches of the given size. It returns an error when what was
// asked for does not apply.
func newEngine[T Float](t *kernels.Table[T], g Generator[T], in Inner, samples int, learn learned, training bool) (engine[T], error) {
	if err := in.validate(g.Latents()); err != nil {
		return nil, err
	}
	if in.Differentiation != nil {
		if err := in.Differentiation.validate(in); err != nil {
			return nil, err
		}
	}
	if err := learn.validate(in); err != nil {
		return nil, err
	}
	linear, isLinear := g.(*Linear[T])
	if !isLinear {
		if in.Form == GramForm || in.Form == ClosedForm {
			return nil, fmt.Errorf("the %v form applies to linear generators, not to %T", in.Form, g)
		}
		return nonlinearEngine(t, g, in, learn, training)
	}
	form := in.Form
	if _, closed := in.Differentiation.(Closed); closed {
		form = ClosedForm
	}
	if form == Auto {
		form = cheapest(linear, in, samples, learn, training)
	}
	if form == ClosedForm {
		if err := closedApplies(in, learn); err != nil {
			return nil, err
		}
		return newClosed(t, linear, in, learn), nil
	}
	var f field[T] = newDirect(t, linear)
	if form == GramForm {
		f = newGram(t, linear)
	}
	u := newUnrolled(t, f, form, in, g.Pixels(), g.Latents(), linear.LambdaMax, learn)
	if forward, ok := in.Differentiation.(Forward); ok {
		return newForwardMode(u, t, linear, forward.Steps), nil
	}
	return u, nil
}

// closedApplies returns an error that says why the closed form does not apply.
func closedApplies(in Inner, learn learned) error {
	switch {
	case in.Prox.Kind != Free:
		return fmt.Errorf("the closed form cannot take the prox %v: a step with one is not affine", in.Prox.Kind)
	case in.Sparse != 0:
		return fmt.Errorf("the closed form cannot take a sparse prior: a step with one is not affine")
	case in.Tolerance != 0:
		return fmt.Errorf("the closed form cannot stop at a tolerance: it takes all steps at once")
	case learn.thresholds:
		return fmt.Errorf("the closed form has no thresholds to learn")
	}
	switch in.Differentiation.(type) {
	case nil, Closed:
		return nil
	default:
		return fmt.Errorf("the closed form has no steps for %v differentiation", in.Differentiation)
	}
}

package inverse

import (
	"fmt"
	"math"

	"github.com/inversenet/inversenet/inverse/internal/engine"
)

// Gradients says which derivatives of a loss L(z_N) [Solver.Backpropagate] computes,
// and receives them. What is nil is not wanted.
type Gradients[T Float] struct {
	// Generator has the shapes of the generator's parameters and is set to their
	// derivatives. It must not be the generator itself.
	Generator Generator[T]
	// Start is set to ∂L/∂z₀ and X to ∂L/∂x, samples as rows. Start may be the matrix
	// of ∂L/∂z_N.
	Start, X Matrix[T]
	// StepSizes is set to the derivatives in Inner.StepSizes, or, with room for one,
	// to that in Inner.LearningRate where that is used.
	StepSizes []float64
	// Thresholds is set to the derivatives in the thresholds of the prox of each
	// latent.
	Thresholds []float64
	// Ridge and Sparse are set to the derivatives in the weights of the priors.
	Ridge, Sparse *float64
}

// want is what the engine must compute.
func (g *Gradients[T]) want() engine.Want {
	return engine.Want{
		Steps: g.StepSizes != nil, Thresholds: g.Thresholds != nil,
		Ridge: g.Ridge != nil, Sparse: g.Sparse != nil, X: g.X.Rows > 0,
	}
}

// validate returns an error that says why a derivative that is wanted does not
// exist.
func (g *Gradients[T]) validate(in Inner, generator Generator[T]) error {
	if err := validateWant(g.want(), in); err != nil {
		return err
	}
	if g.StepSizes != nil && len(g.StepSizes) != max(1, len(in.StepSizes)) {
		return fmt.Errorf("gradient in the step sizes: room for %d, want %d", len(g.StepSizes), max(1, len(in.StepSizes)))
	}
	if n := generator.Latents(); g.Thresholds != nil && len(g.Thresholds) != n {
		return fmt.Errorf("gradient in the thresholds: room for %d, want one for each of %d latents", len(g.Thresholds), n)
	}
	if _, physics := ownOf(generator); g.X.Rows > 0 && !physics {
		if _, ok := generator.(Tangent[T]); !ok {
			return fmt.Errorf("gradient in x: generator %T needs a method Tangent for it, see Tangent", generator)
		}
	}
	return nil
}

// validateWant returns an error that says why a derivative does not exist with the
// settings.
func validateWant(w engine.Want, in Inner) error {
	soft := in.Prox.Kind == Soft || in.Prox.Kind == NonNegativeSoft
	switch {
	case in.Form == ExactForm && (w.Steps || w.Thresholds):
		return fmt.Errorf("the exact form has no gradient for step sizes and thresholds: a minimiser does not depend on them")
	case w.Steps && in.AutoStep:
		return fmt.Errorf("automatic step sizes have no gradient and cannot be learned: set LearningRate or StepSizes")
	case w.Thresholds && !soft:
		return fmt.Errorf("a gradient in thresholds needs a soft prox, not %v", in.Prox.Kind)
	case w.Sparse && in.Sparse == 0:
		return fmt.Errorf("a gradient in the sparse weight needs one that is positive: at 0 the loss has a kink in it")
	case w.Sparse && in.Prox.Kind == Box && in.Form != ExactForm:
		return fmt.Errorf("a gradient in the sparse weight does not go with a box")
	}
	switch in.Differentiation.(type) {
	case Implicit:
		if w.Steps || w.Thresholds {
			return fmt.Errorf("implicit differentiation has no gradient for step sizes and thresholds: a minimiser does not depend on them")
		}
	case Forward:
		if w != (engine.Want{}) {
			return fmt.Errorf("forward differentiation has gradients in the generator's parameters only")
		}
	}
	return nil
}

// take receives what the engine computed.
func (g *Gradients[T]) take(from *engine.Gradients[T], in Inner) {
	for n, v := range from.LogSteps {
		if n < len(g.StepSizes) {
			alpha := in.LearningRate
			if in.StepSizes != nil {
				alpha = in.StepSizes[n]
			}
			g.StepSizes[n] = v / alpha
		}
	}
	copy(g.Thresholds, from.Thresholds)
	if g.Ridge != nil {
		*g.Ridge = from.Ridge
	}
	if g.Sparse != nil {
		*g.Sparse = from.Sparse
	}
}

// zero is the gradient of a loss of no samples.
func (g *Gradients[T]) zero(params [][]T) {
	for _, p := range params {
		clear(p)
	}
	clear(g.StepSizes)
	clear(g.Thresholds)
	for _, v := range []*float64{g.Ridge, g.Sparse} {
		if v != nil {
			*v = 0
		}
	}
}

// finite reports whether no derivative is NaN or infinite.
func (g *Gradients[T]) finite(params [][]T) bool {
	for _, p := range params {
		if !engine.Finite(p) {
			return false
		}
	}
	for _, v := range []*float64{g.Ridge, g.Sparse} {
		if v != nil && (math.IsNaN(*v) || math.IsInf(*v, 0)) {
			return false
		}
	}
	return engine.Finite(g.StepSizes) && engine.Finite(g.Thresholds) &&
		g.X.checkFinite("") == nil && g.Start.checkFinite("") == nil
}

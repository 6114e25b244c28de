package inverse

import (
	"strings"
	"testing"

	"github.com/inversenet/inversenet/kernels"
)

// TestConstructionRefuses lists combinations that cannot work, with what the
// error must say.
func TestConstructionRefuses(t *testing.T) {
	linear := NewLinear[float64](4, 2, false)
	sigmoid := &Activated[float64]{Linear: *NewLinear[float64](4, 2, true), Activation: kernels.Sigmoid}
	steps := func(in Inner) Inner {
		in.Steps = 5
		if !in.AutoStep && in.LearningRate == 0 {
			in.LearningRate = 0.1
		}
		return in
	}
	for name, c := range map[string]struct {
		g    Generator[float64]
		in   Inner
		want string
	}{
		"no steps":                    {linear, Inner{LearningRate: 1}, "inner steps: 0"},
		"negative rate":               {linear, steps(Inner{LearningRate: -1}), "want a positive number"},
		"step sizes of another count": {linear, steps(Inner{StepSizes: []float64{1, 2}}), "2 for 5 steps"},
		"momentum of one":             {linear, steps(Inner{Momentum: Momentum{HeavyBall, 1}}), "0 ≤ μ < 1"},
		"thresholds of another count": {linear, steps(Inner{Prox: Prox{Kind: Soft, Thresholds: []float64{1, 2, 3}}}), "each of 2 latents"},
		"box upside down":             {linear, steps(Inner{Prox: Prox{Kind: Box, Lower: []float64{1}, Upper: []float64{0}}}), "lower <= upper"},
		"sparse box":                  {linear, steps(Inner{Sparse: 1, Prox: Prox{Kind: Box, Lower: []float64{0}, Upper: []float64{1}}}), "cannot be combined"},
		"closed form with a prox":     {linear, steps(Inner{Form: ClosedForm, Prox: Prox{Kind: NonNegativeLatents}}), "not affine"},
		"closed gradient with a prox": {linear, steps(Inner{Differentiation: Closed{}, Prox: Prox{Kind: NonNegativeLatents}}), "not affine"},
		"closed with a tolerance":     {linear, steps(Inner{Differentiation: Closed{}, Tolerance: 1}), "takes all steps at once"},
		"closed of a sigmoid":         {sigmoid, steps(Inner{Differentiation: Closed{}}), "linear generators"},
		"gram of a sigmoid":           {sigmoid, steps(Inner{Form: GramForm}), "linear generators"},
		"forward of a sigmoid":        {sigmoid, steps(Inner{Differentiation: Forward{}}), "linear generators"},
		"automatic step of a sigmoid": {sigmoid, steps(Inner{AutoStep: true}), "LambdaMax"},
		"unrolled closed form":        {linear, steps(Inner{Form: ClosedForm, Differentiation: Unrolled{}}), "takes none"},
		"truncated too far":           {linear, steps(Inner{Differentiation: Truncated{Steps: 6}}), "1 to the 5"},
		"implicit with thresholds":    {linear, steps(Inner{Differentiation: Implicit{}, Prox: Prox{Kind: Soft, Thresholds: []float64{1}}}), "use Sparse"},
		"threads below zero":          {linear, steps(Inner{}), "threads: -1"},
	} {
		t.Run(name, func(t *testing.T) {
			var compute Compute[float64]
			if name == "threads below zero" {
				compute.Threads = -1
			}
			_, err := NewSolver(c.g, c.in, compute)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error with %q in it", err, c.want)
			}
		})
	}
}

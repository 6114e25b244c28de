package inverse

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/inversenet/inversenet/internal/testkit"
	"github.com/inversenet/inversenet/inverse/internal/engine"
)

// innerCases lists inner methods, proxes and priors, each with the step it is
// tested at in units of 1/λmax.
func innerCases(latents int) map[string]Inner {
	thresholds := make([]float64, latents)
	lower, upper := make([]float64, latents), make([]float64, latents)
	for k := range latents {
		thresholds[k] = 0.02 + 0.03*float64(k)
		lower[k], upper[k] = -0.3-0.1*float64(k), 0.2+0.1*float64(k)
	}
	varying := []float64{0.9, 0.5, 0.7, 0.2, 0.6, 0.8, 0.4}
	base := map[string]Inner{
		"plain":              {},
		"heavy ball":         {Momentum: Momentum{HeavyBall, 0.4}},
		"nesterov":           {Momentum: Momentum{Nesterov, 0.4}},
		"fista":              {Momentum: Momentum{Method: FISTA}},
		"steps":              {StepSizes: varying},
		"steps, heavy ball":  {StepSizes: varying, Momentum: Momentum{HeavyBall, 0.4}},
		"ridge":              {Ridge: 0.3},
		"ridge, nesterov":    {Ridge: 0.3, Momentum: Momentum{Nesterov, 0.4}},
		"ridge, heavy ball":  {Ridge: 0.3, Momentum: Momentum{HeavyBall, 0.4}},
		"non-negative":       {Prox: Prox{Kind: NonNegativeLatents}},
		"non-negative fista": {Prox: Prox{Kind: NonNegativeLatents}, Momentum: Momentum{Method: FISTA}},
		"soft":               {Prox: Prox{Kind: Soft, Thresholds: thresholds}, Momentum: Momentum{HeavyBall, 0.4}},
		"non-negative soft":  {Prox: Prox{Kind: NonNegativeSoft, Thresholds: thresholds[1:2]}, StepSizes: varying},
		"box":                {Prox: Prox{Kind: Box, Lower: lower, Upper: upper}},
		"sparse":             {Sparse: 0.2},
		"sparse, steps":      {Sparse: 0.2, StepSizes: varying, Prox: Prox{Kind: NonNegativeLatents}},
	}
	for name, in := range base {
		in.Steps, in.LearningRate, in.Reduction = 7, 0.8, Sum
		base[name] = in
	}
	return base
}

// scaled sets the step sizes to the fractions they hold of 1/λmax.
func (in Inner) scaled(g *Linear[float64], samples int) Inner {
	return in.scaledBy(g.LambdaMax(), g.Pixels(), samples)
}

// scaledBy sets the step sizes to the fractions they hold of 1/steepness.
func (in Inner) scaledBy(steepness float64, pixels, samples int) Inner {
	unit := 1 / steepness / in.scale(pixels, samples)
	in.LearningRate *= unit
	in.StepSizes = append([]float64(nil), in.StepSizes...)
	for n := range in.StepSizes {
		in.StepSizes[n] *= unit
	}
	if len(in.StepSizes) == 0 {
		in.StepSizes = nil
	}
	return in
}

// referenceInvert runs the inner loop of a linear generator.
func referenceInvert(g *Linear[float64], in Inner, z0, x Matrix[float64]) Matrix[float64] {
	return referenceLoop(in, g.LambdaMax, func(z, x []float64) []float64 { return linearSlope(g, z, x) }, z0, x)
}

// referenceLoop runs the inner loop as package documentation writes it; slope is
// the gradient of ½‖G(z) − x‖².
func referenceLoop(in Inner, lambdaMax func() float64, slope func(z, x []float64) []float64, z0, x Matrix[float64]) Matrix[float64] {
	z := z0.clone()
	sizes, mu := make([]float64, in.Steps), make([]float64, in.Steps)
	for n := range sizes {
		switch {
		case in.AutoStep:
			sizes[n] = 1 / (lambdaMax() + in.Ridge)
		case in.StepSizes != nil:
			sizes[n] = in.StepSizes[n] * in.scale(x.Cols, x.Rows)
		default:
			sizes[n] = in.Step(x.Cols, x.Rows)
		}
		if n > 0 {
			mu[n] = in.Momentum.Mu
		}
	}
	if in.Momentum.Method == FISTA {
		mu = fista(in.Steps)
	}
	for i := range z.Rows {
		zi, last := z.Row(i), append([]float64(nil), z.Row(i)...)
		for n, s := range sizes {
			y, next := make([]float64, len(zi)), make([]float64, len(zi))
			for k := range y {
				y[k] = zi[k] + mu[n]*(zi[k]-last[k])
			}
			at := y
			if in.Momentum.Method == HeavyBall {
				at = zi
			}
			descent := slope(at, x.Row(i))
			for k := range y {
				next[k] = referenceProx(in, s, k, y[k]-s*(descent[k]+in.Ridge*at[k]))
			}
			copy(last, zi)
			copy(zi, next)
		}
	}
	return z
}

func linearSlope(g *Linear[float64], z, x []float64) []float64 {
	slope := make([]float64, len(z))
	for j := range x {
		r := dot(g.W.Row(j), z) - x[j]
		if g.Bias != nil {
			r += g.Bias[j]
		}
		for k, w := range g.W.Row(j) {
			slope[k] += w * r
		}
	}
	return slope
}

func referenceProx(in Inner, s float64, k int, v float64) float64 {
	soft := func(t float64) float64 { return math.Copysign(math.Max(math.Abs(v)-t, 0), v) }
	switch in.Prox.Kind {
	case NonNegativeLatents:
		return math.Max(v-s*in.Sparse, 0)
	case Soft:
		return soft(engine.PerLatent(in.Prox.Thresholds, k) + s*in.Sparse)
	case NonNegativeSoft:
		return math.Max(v-engine.PerLatent(in.Prox.Thresholds, k)-s*in.Sparse, 0)
	case Box:
		return math.Min(math.Max(v, in.Prox.Lower[k]), in.Prox.Upper[k])
	default:
		return soft(s * in.Sparse)
	}
}

// forms lists the forms that apply to an inner loop.
func forms(in Inner) []Form {
	if ClosedForm.applies(in) == nil {
		return []Form{DirectForm, GramForm, ClosedForm}
	}
	return []Form{DirectForm, GramForm}
}

// TestFormsMatchTheDefinition compares every inner method in every form with
// plain loops.
func TestFormsMatchTheDefinition(t *testing.T) {
	onEveryISA(t, func(t *testing.T, c Compute[float64]) {
		const pixels, latents = 9, 4
		for name, in := range innerCases(latents) {
			for _, form := range forms(in) {
				for _, samples := range []int{1, 19} {
					t.Run(fmt.Sprintf("%s/%v/B%d", name, form, samples), func(t *testing.T) {
						rng := rand.New(rand.NewPCG(11, 12))
						g := randomLinear(rng, pixels, latents, samples > 1)
						x, z := randomMatrix(rng, samples, pixels, 1), randomMatrix(rng, samples, latents, 1)
						in := in.scaled(g, samples)
						in.Form = form
						want := referenceInvert(g, in, z, x)
						s, err := NewSolver(g, in, c)
						if err != nil {
							t.Fatal(err)
						}
						if err := s.Invert(z, x); err != nil {
							t.Fatal(err)
						}
						for i, v := range z.Data {
							if diff := math.Abs(v - want.Data[i]); !(diff <= 1e-13) {
								t.Fatalf("element %d: %v, want %v: apart by %.2g", i, v, want.Data[i], diff)
							}
						}
					})
				}
			}
		}
	})
}

// TestExactModesAgree compares the gradients of all forms with each other to
// 1e-10, and the direct one with finite differences.
func TestExactModesAgree(t *testing.T) {
	onEveryISA(t, func(t *testing.T, c Compute[float64]) {
		const pixels, latents, samples = 9, 4, 19
		for name, in := range innerCases(latents) {
			t.Run(name, func(t *testing.T) {
				rng := rand.New(rand.NewPCG(13, 14))
				g := randomLinear(rng, pixels, latents, true)
				x, z0 := randomMatrix(rng, samples, pixels, 1), randomMatrix(rng, samples, latents, 1)
				lambda := randomMatrix(rng, samples, latents, 1)
				in := in.scaled(g, samples)
				var want []float64
				for _, form := range forms(in) {
					in.Form = form
					got := backpropagated(t, g, in, c, lambda, z0, x)
					if want == nil {
						want = got
						checkAgainstDifferences(t, g, in, c, lambda, z0, x, got)
						continue
					}
					compareGradients(t, form.String(), got, want, 1e-10)
				}
			})
		}
	})
}

// TestForwardModeAgrees compares the parameters' gradients carried forward with
// those taken back; after fewer steps, with those of a shorter inversion.
func TestForwardModeAgrees(t *testing.T) {
	const pixels, latents, samples = 5, 3, 19
	for name, in := range innerCases(latents) {
		for _, bias := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/bias=%v", name, bias), func(t *testing.T) {
				rng := rand.New(rand.NewPCG(31, 32))
				g := randomLinear(rng, pixels, latents, bias)
				x, z0 := randomMatrix(rng, samples, pixels, 1), randomMatrix(rng, samples, latents, 1)
				lambda := randomMatrix(rng, samples, latents, 1)
				in := in.scaled(g, samples)
				for _, form := range []Form{DirectForm, GramForm} {
					for _, steps := range []int{0, 3} {
						in, short := in, in
						in.Form, in.Differentiation = form, Forward{Steps: steps}
						if steps > 0 {
							short.Steps = steps
							short.StepSizes = short.StepSizes[:min(steps, len(short.StepSizes))]
						}
						short.Form = form
						want := backpropagated(t, g, short, Compute[float64]{}, lambda, z0, x)
						clear(want[len(want)-len(z0.Data):])
						got := backpropagated(t, g, in, Compute[float64]{}, lambda, z0, x)
						compareGradients(t, fmt.Sprintf("%v, %d steps", form, steps), got, want, 1e-11)
					}
				}
			})
		}
	}
}

// gradientOf has room for the gradient of a generator of any kind.
type gradientOf struct {
	Generator[float64]
	params []Parameter[float64]
}

func newGradientOf(g Generator[float64]) gradientOf {
	grad := gradientOf{Generator: g, params: g.Parameters()}
	for i, values := range like(grad.params) {
		grad.params[i].Values = values
	}
	return grad
}

func (g gradientOf) Parameters() []Parameter[float64] { return g.params }

// backpropagated is the derivatives in all parameters and in z₀ in one slice.
func backpropagated(t *testing.T, g Generator[float64], in Inner, c Compute[float64], lambda, z0, x Matrix[float64]) []float64 {
	t.Helper()
	s, err := NewSolver(g, in, c)
	if err != nil {
		t.Fatal(err)
	}
	grad, back := newGradientOf(g), lambda.clone()
	if err := s.Backpropagate(&Gradients[float64]{Generator: grad, Start: back}, back, z0, x); err != nil {
		t.Fatal(err)
	}
	var all []float64
	for _, p := range grad.params {
		all = append(all, p.Values...)
	}
	return append(all, back.Data...)
}

func checkAgainstDifferences(t *testing.T, g Generator[float64], in Inner, c Compute[float64], lambda, z0, x Matrix[float64], grad []float64) {
	t.Helper()
	s, err := NewSolver(g, in, c)
	if err != nil {
		t.Fatal(err)
	}
	loss := func() float64 {
		z := z0.clone()
		if err := s.Invert(z, x); err != nil {
			t.Fatal(err)
		}
		return dot(lambda.Data, z.Data)
	}
	var params []*float64
	for _, values := range append(values(nil, g), z0.Data) {
		for i := range values {
			params = append(params, &values[i])
		}
	}
	for i, p := range params {
		at := *p
		want := testkit.CentralDifference(func(v float64) float64 { *p = v; return loss() }, at, 1e-5)
		*p = at
		if diff := math.Abs(grad[i] - want); !(diff <= 1e-6*math.Max(1, math.Abs(want))) {
			t.Errorf("parameter %d: gradient %.10g, finite difference %.10g", i, grad[i], want)
		}
	}
}

func compareGradients(t *testing.T, name string, got, want []float64, allowed float64) {
	t.Helper()
	size := math.Sqrt(dot(want, want))
	for i := range want {
		if diff := math.Abs(got[i] - want[i]); !(diff <= allowed*size) {
			t.Errorf("%s: element %d is %v, want %v: apart by %.2g", name, i, got[i], want[i], diff)
		}
	}
}

// TestImplicitIsTheLimitOfUnrolled runs to the fixed point, where both must
// agree, with and without latents held by a bound.
func TestImplicitIsTheLimitOfUnrolled(t *testing.T) {
	const pixels, latents, samples = 9, 4, 7
	for name, in := range map[string]Inner{
		"free":         {},
		"ridge":        {Ridge: 0.5},
		"non-negative": {Prox: Prox{Kind: NonNegativeLatents}},
		"sparse":       {Sparse: 0.5},
		"nesterov":     {Momentum: Momentum{Nesterov, 0.5}},
	} {
		for _, form := range []Form{DirectForm, GramForm} {
			t.Run(fmt.Sprintf("%s/%v", name, form), func(t *testing.T) {
				rng := rand.New(rand.NewPCG(15, 16))
				g := randomLinear(rng, pixels, latents, true)
				x, z0 := randomMatrix(rng, samples, pixels, 1), randomMatrix(rng, samples, latents, 1)
				lambda := randomMatrix(rng, samples, latents, 1)
				in.Steps, in.AutoStep, in.Form = 1500, true, form
				want := backpropagated(t, g, in, Compute[float64]{}, lambda, z0, x)
				in.Differentiation = Implicit{}
				compareGradients(t, "implicit", backpropagated(t, g, in, Compute[float64]{}, lambda, z0, x), want, 1e-9)
			})
		}
	}
}

// TestTruncated compares with the exact gradient from where the last steps
// begin: the starts get none, and the parameters what those steps give them.
func TestTruncated(t *testing.T) {
	const pixels, latents, samples, steps, last = 9, 4, 5, 12, 3
	rng := rand.New(rand.NewPCG(17, 18))
	g := randomLinear(rng, pixels, latents, true)
	x, z0 := randomMatrix(rng, samples, pixels, 1), randomMatrix(rng, samples, latents, 1)
	lambda := randomMatrix(rng, samples, latents, 1)
	for _, form := range []Form{DirectForm, GramForm} {
		in := Inner{Steps: steps, AutoStep: true, Form: form}
		late := in
		late.Steps = steps - last
		middle := referenceInvert(g, late, z0, x)
		late.Steps = last
		want := backpropagated(t, g, late, Compute[float64]{}, lambda, middle, x)
		params := pixels*latents + pixels
		clear(want[params:])
		in.Differentiation = Truncated{Steps: last}
		compareGradients(t, form.String(), backpropagated(t, g, in, Compute[float64]{}, lambda, z0, x), want, 1e-12)

		late.Steps = 1
		middle = referenceInvert(g, Inner{Steps: steps - 1, AutoStep: true}, z0, x)
		want = backpropagated(t, g, late, Compute[float64]{}, lambda, middle, x)
		clear(want[params:])
		in.Differentiation = OneStep{}
		compareGradients(t, form.String()+", one step", backpropagated(t, g, in, Compute[float64]{}, lambda, z0, x), want, 1e-12)
	}
}

// TestToleranceStopsSamplesByThemselves: a sample's result and gradient with
// company are those alone, to the bit for the result.
func TestToleranceStopsSamplesByThemselves(t *testing.T) {
	onEveryISA(t, func(t *testing.T, c Compute[float64]) {
		const pixels, latents, samples = 9, 4, 21
		for name, in := range innerCases(latents) {
			t.Run(name, func(t *testing.T) {
				rng := rand.New(rand.NewPCG(19, 20))
				g := randomLinear(rng, pixels, latents, true)
				x, z0 := randomMatrix(rng, samples, pixels, 1), randomMatrix(rng, samples, latents, 1)
				lambda := randomMatrix(rng, samples, latents, 1)
				in := in.scaled(g, samples)
				in.Tolerance, in.Form = 0.05, DirectForm
				together := z0.clone()
				s, err := NewSolver(g, in, c)
				if err != nil {
					t.Fatal(err)
				}
				if err := s.Invert(together, x); err != nil {
					t.Fatal(err)
				}
				for i := range samples {
					alone := z0.Slice(i, i+1).clone()
					if err := s.Invert(alone, x.Slice(i, i+1)); err != nil {
						t.Fatal(err)
					}
					for k, v := range alone.Data {
						if v != together.Row(i)[k] {
							t.Fatalf("sample %d, latent %d: %v in company, %v alone", i, k, together.Row(i)[k], v)
						}
					}
				}
				grad := backpropagated(t, g, in, c, lambda, z0, x)
				checkAgainstDifferences(t, g, in, c, lambda, z0, x, grad)
			})
		}
	})
}

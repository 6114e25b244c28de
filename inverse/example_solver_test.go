package inverse_test

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/inversenet/inversenet/inverse"
)

// mixer mixes two sources into three channels.
func mixer() *inverse.Linear[float64] {
	return &inverse.Linear[float64]{W: inverse.FromFloat64[float64](3, 2, []float64{
		2, 0,
		1, 1,
		0, 1,
	})}
}

// A Solver finds latents for any number of observations, samples as rows. It is
// made once and keeps its memory.
func ExampleSolver() {
	solver, err := inverse.NewSolver(mixer(), inverse.Inner{Steps: 200, AutoStep: true}, inverse.Compute[float64]{})
	if err != nil {
		panic(err)
	}
	x := inverse.FromFloat64[float64](2, 3, []float64{
		2, 3, 2, // from the sources (1, 2)
		6, 2, -1, // from (3, -1)
	})
	z := inverse.NewMatrix[float64](2, 2) // in: the starts, out: the latents
	if err := solver.Invert(z, x); err != nil {
		panic(err)
	}
	fmt.Printf("%.3f %.3f, in the %v form\n", z.Row(0), z.Row(1), solver.Form())
	// Output:
	// [1.000 2.000] [3.000 -1.000], in the closed form
}

// A setting that cannot be is refused when the solver is made, with a reason.
func ExampleNewSolver() {
	for _, inner := range []inverse.Inner{
		{Steps: 0, LearningRate: 0.1},
		{Steps: 10, LearningRate: -1},
		{Steps: 10, LearningRate: 0.1, Form: inverse.ClosedForm, Sparse: 0.1},
		{Steps: 10, LearningRate: 0.1, Momentum: inverse.Momentum{Method: inverse.HeavyBall, Mu: 1}},
	} {
		_, err := inverse.NewSolver(mixer(), inner, inverse.Compute[float64]{})
		fmt.Println(err)
	}
	// Output:
	// inner steps: 0, want at least 1
	// inner learning rate: -1, want a positive number
	// the closed form cannot take a sparse prior: a step with one is not affine
	// momentum μ: 1, want 0 ≤ μ < 1
}

// With a tolerance each sample stops by itself, after as many steps as it would
// alone.
func ExampleSolver_InvertContext() {
	inner := inverse.Inner{Steps: 100, AutoStep: true, Tolerance: 1e-3}
	solver, err := inverse.NewSolver(mixer(), inner, inverse.Compute[float64]{})
	if err != nil {
		panic(err)
	}
	x := inverse.FromFloat64[float64](3, 3, []float64{
		0, 0, 0,
		2, 3, 2,
		60, 20, -10,
	})
	var stats inverse.Stats
	if err := solver.InvertContext(context.Background(), inverse.NewMatrix[float64](3, 2), x, &stats); err != nil {
		panic(err)
	}
	for i, status := range stats.Status {
		fmt.Println(stats.Iterations[i], status)
	}
	fmt.Println(inverse.MaxSteps, inverse.Converged, inverse.Diverged)
	// Output:
	// 8 converged
	// 16 converged
	// 16 converged
	// max steps converged diverged
}

// Trace keeps the whole way of an inversion: latents and loss after every step.
func ExampleSolver_Trace() {
	solver, err := inverse.NewSolver(mixer(), inverse.Inner{Steps: 4, LearningRate: 0.1}, inverse.Compute[float64]{})
	if err != nil {
		panic(err)
	}
	trace, err := solver.Trace(inverse.NewMatrix[float64](1, 2), inverse.FromFloat64[float64](1, 3, []float64{2, 3, 2}))
	if err != nil {
		panic(err)
	}
	for n, z := range trace.Path {
		fmt.Printf("%d  z = %.3f  loss %.4f\n", n, z.Row(0), trace.Loss[n][0])
	}
	// Output:
	// 0  z = [0.000 0.000]  loss 17.0000
	// 1  z = [1.400 1.000]  loss 2.0000
	// 2  z = [1.200 1.320]  loss 0.8528
	// 3  z = [1.136 1.552]  loss 0.3720
	// 4  z = [1.090 1.704]  loss 0.1623
}

// Backpropagate takes the gradient of any loss of the latents back through the
// inversion, to the generator and to the starts. Here the loss is the sum of the
// latents; the derivative in one weight is compared with a difference.
func ExampleSolver_Backpropagate() {
	g := mixer()
	solver, err := inverse.NewSolver(g, inverse.Inner{Steps: 10, LearningRate: 0.05}, inverse.Compute[float64]{})
	if err != nil {
		panic(err)
	}
	x := inverse.FromFloat64[float64](1, 3, []float64{2, 3, 2})
	start := inverse.NewMatrix[float64](1, 2)
	loss := func() float64 {
		z := inverse.NewMatrix[float64](1, 2)
		if err := solver.Invert(z, x); err != nil {
			panic(err)
		}
		return z.Data[0] + z.Data[1]
	}

	grad := inverse.NewLinear[float64](3, 2, false)
	lambda := inverse.FromFloat64[float64](1, 2, []float64{1, 1}) // in: ∂L/∂z_N, out: ∂L/∂z₀
	if err := solver.Backpropagate(&inverse.Gradients[float64]{Generator: grad, Start: lambda}, lambda, start, x); err != nil {
		panic(err)
	}
	fmt.Printf("∂L/∂W = %.4f, ∂L/∂z₀ = %.4f\n", grad.W.Data, lambda.Data)

	const h = 1e-5
	g.W.Data[0] += h
	up := loss()
	g.W.Data[0] -= 2 * h
	down := loss()
	fmt.Printf("difference in the first weight: %.4f\n", (up-down)/(2*h))
	// Output:
	// ∂L/∂W = [-0.3270 -0.5196 -0.5517 -0.5859 -0.3881 -0.3261], ∂L/∂z₀ = [-0.0295 0.0996]
	// difference in the first weight: -0.3270
}

// A step that is too large is an error that names the largest safe one.
func ExampleDivergenceError() {
	g := mixer()
	inner := inverse.Inner{Steps: 2000, LearningRate: 0.3}
	solver, err := inverse.NewSolver(g, inner, inverse.Compute[float64]{})
	if err != nil {
		panic(err)
	}
	err = solver.Invert(inverse.NewMatrix[float64](1, 2), inverse.FromFloat64[float64](1, 3, []float64{2, 3, 2}))
	fmt.Println(err)
	var diverged *inverse.DivergenceError
	if errors.As(err, &diverged) {
		fmt.Printf("s = %.2f, 2/λmax = %.3f\n", diverged.Step, diverged.SafeStep)
	}
	// Output:
	// diverged: the inner step 0.6 exceeds the largest safe step 0.3772 (λmax of WᵀW is 5.303); lower the inner learning rate by a factor of 1.59 or more
	// s = 0.60, 2/λmax = 0.377
}

// Data that are not numbers are refused before anything is written.
func ExampleNonFiniteError() {
	model := &inverse.Model[float64]{Generator: mixer(), Inner: inverse.Inner{Steps: 10, AutoStep: true}}
	x := inverse.FromFloat64[float64](2, 3, []float64{2, 3, 2, 6, math.NaN(), -1})
	_, err := model.Invert(x, inverse.Matrix[float64]{}, inverse.Compute[float64]{})
	fmt.Println(err)
	var bad *inverse.NonFiniteError
	fmt.Println(errors.As(err, &bad), bad.Row, bad.Col)
	// Output:
	// x: row 1, column 1 is NaN, want a finite number
	// true 1 1
}

// The same inversion under every constraint on its latents.
func ExampleProx() {
	x := inverse.FromFloat64[float64](1, 3, []float64{6, 2, -1}) // from the sources (3, -1)
	for _, prox := range []inverse.Prox{
		{Kind: inverse.Free},
		{Kind: inverse.NonNegativeLatents},
		{Kind: inverse.Soft, Thresholds: []float64{0.1}},
		{Kind: inverse.NonNegativeSoft, Thresholds: []float64{0.1, 0.2}},
		{Kind: inverse.Box, Lower: []float64{-0.5}, Upper: []float64{2}},
	} {
		model := &inverse.Model[float64]{Generator: mixer(), Inner: inverse.Inner{Steps: 200, AutoStep: true, Prox: prox}}
		z, err := model.Invert(x, inverse.Matrix[float64]{}, inverse.Compute[float64]{})
		if err != nil {
			panic(err)
		}
		fmt.Printf("%-17v %5.2f\n", prox.Kind, z.Data)
	}
	// Output:
	// none              [ 3.00 -1.00]
	// non-negative      [ 2.80  0.00]
	// soft              [ 2.82 -0.65]
	// non-negative-soft [ 2.69  0.00]
	// box               [ 2.00 -0.50]
}

// Priors draw latents to zero: a ridge all of them, a sparse prior the small ones
// all the way. Every sample can start where its last inversion ended.
func ExampleInner() {
	x := inverse.FromFloat64[float64](1, 3, []float64{6, 3.2, 0.1}) // nearly from (3, 0)
	z := inverse.Matrix[float64]{}                                  // no rows: start from zeros
	for _, inner := range []inverse.Inner{
		{Steps: 200, AutoStep: true},
		{Steps: 200, AutoStep: true, Ridge: 1},
		{Steps: 200, AutoStep: true, Sparse: 1},
		{Steps: 3, StepSizes: []float64{0.2, 0.1, 0.05}},
		{Steps: 30, LearningRate: 0.1, Momentum: inverse.Momentum{Method: inverse.Nesterov, Mu: 0.3}},
	} {
		model := &inverse.Model[float64]{Generator: mixer(), Inner: inner}
		var err error
		if z, err = model.Invert(x, z, inverse.Compute[float64]{}); err != nil {
			panic(err)
		}
		fmt.Printf("%.3f\n", z.Data)
	}
	// Output:
	// [3.011 0.144]
	// [2.488 0.271]
	// [2.840 0.000]
	// [3.009 0.128]
	// [3.011 0.144]
}

// The step s = α·r that a learning rate stands for depends on the reduction: for
// 64 pixels and a batch of 1,000,
func ExampleInner_Step() {
	for r := inverse.Sum; r <= inverse.MeanAll; r++ {
		inner := inverse.Inner{LearningRate: 0.01, Reduction: r}
		fmt.Printf("%-11v %.3g\n", r, inner.Step(64, 1000))
	}
	// Output:
	// sum         0.02
	// mean-pixels 0.000313
	// mean-all    3.13e-07
}

// Plain descent converges below 2/λmax.
func ExampleLinear_LambdaMax() {
	fmt.Printf("%.4f\n", mixer().LambdaMax())
	// Output:
	// 5.3028
}

// A generator forwards, and what it is made of.
func ExampleNewLinear() {
	g := inverse.NewLinear[float64](3, 2, true)
	copy(g.W.Data, mixer().W.Data)
	g.Bias[2] = 10
	x := inverse.NewMatrix[float64](1, g.Pixels())
	g.Generate(x, inverse.FromFloat64[float64](1, g.Latents(), []float64{1, 2}))
	fmt.Println(x.Data)
	for _, p := range g.Parameters() {
		fmt.Println(p.Name, p.Shape, p.Values)
	}
	// Output:
	// [2 3 12]
	// W [3 2] [2 0 1 1 0 1]
	// bias [3] [0 0 10]
}

// Names, as a command line would take them.
func ExampleParseForm() {
	form, err := inverse.ParseForm("gram")
	fmt.Println(form == inverse.GramForm, err)
	_, err = inverse.ParseForm("fast")
	fmt.Println(err)
	// Output:
	// true <nil>
	// unknown form "fast": allowed are auto, direct, gram, closed and exact
}

func ExampleParseReduction() {
	reduction, err := inverse.ParseReduction("mean-pixels")
	fmt.Println(reduction == inverse.MeanPixels, err)
	_, err = inverse.ParseReduction("max")
	fmt.Println(err)
	// Output:
	// true <nil>
	// unknown reduction "max": allowed are sum, mean-pixels and mean-all
}

func ExampleParseMethod() {
	method, err := inverse.ParseMethod("heavy-ball")
	fmt.Println(method == inverse.HeavyBall, err)
	_, err = inverse.ParseMethod("newton")
	fmt.Println(err)
	// Output:
	// true <nil>
	// unknown method "newton": allowed are plain, heavy-ball, nesterov and fista
}

func ExampleParseProxKind() {
	kind, err := inverse.ParseProxKind("non-negative")
	fmt.Println(kind == inverse.NonNegativeLatents, err)
	_, err = inverse.ParseProxKind("hard")
	fmt.Println(err)
	// Output:
	// true <nil>
	// unknown prox "hard": allowed are none, non-negative, soft, non-negative-soft and box
}

// All forms are the same mathematics. Left to choose, the cheapest for the workload
// is taken: here, for a thousand samples a call and as many calls.
func ExampleForm() {
	x := inverse.FromFloat64[float64](1, 3, []float64{2, 3, 2})
	for form := inverse.Auto; form <= inverse.ClosedForm; form++ {
		solver, err := inverse.NewSolver(mixer(), inverse.Inner{Steps: 6, LearningRate: 0.05, Form: form}, inverse.Compute[float64]{Samples: 1000, Calls: 1000})
		if err != nil {
			panic(err)
		}
		z := inverse.NewMatrix[float64](1, 2)
		if err := solver.Invert(z, x); err != nil {
			panic(err)
		}
		fmt.Printf("%-6v ran as %-6v %.6f\n", form, solver.Form(), z.Data)
	}
	// Output:
	// auto   ran as closed [1.138411 1.485902]
	// direct ran as direct [1.138411 1.485902]
	// gram   ran as gram   [1.138411 1.485902]
	// closed ran as closed [1.138411 1.485902]
}

package inverse_test

import (
	"fmt"
	"slices"

	"github.com/inversenet/inversenet/inverse"
)

// Every derivative that Backpropagate knows, of L = z₁ after one step. The answer is
// known: with s = 2·α and f' = w·(w·z₀ − x) + ridge·z₀ = −1.75,
//
//	z₁ = z₀ − s·f' − (t + s·sparse)
//
// so that ∂L/∂x = s·w, ∂L/∂α = −2·(f' + sparse), ∂L/∂t = −1, and so on.
func ExampleGradients() {
	g := &inverse.Linear[float64]{W: inverse.FromFloat64[float64](1, 1, []float64{2})}
	solver, err := inverse.NewSolver(g, inverse.Inner{
		Steps: 1, LearningRate: 0.1, Ridge: 0.25, Sparse: 0.5,
		Prox: inverse.Prox{Kind: inverse.Soft, Thresholds: []float64{0.1}},
	}, inverse.Compute[float64]{})
	if err != nil {
		panic(err)
	}
	var ridge, sparse float64
	grads := inverse.Gradients[float64]{
		Generator: inverse.NewLinear[float64](1, 1, false),
		Start:     inverse.NewMatrix[float64](1, 1), X: inverse.NewMatrix[float64](1, 1),
		StepSizes: make([]float64, 1), Thresholds: make([]float64, 1), Ridge: &ridge, Sparse: &sparse,
	}
	one := inverse.FromFloat64[float64](1, 1, []float64{1}) // ∂L/∂z₁, and z₀
	if err := solver.Backpropagate(&grads, one, one, inverse.FromFloat64[float64](1, 1, []float64{3})); err != nil {
		panic(err)
	}
	fmt.Printf("z₀ %.2f, x %.2f, α %.2f, t %.2f, ridge %.2f, sparse %.2f\n",
		grads.Start.Data[0], grads.X.Data[0], grads.StepSizes[0], grads.Thresholds[0], ridge, sparse)
	// Output:
	// z₀ 0.15, x 0.40, α 2.50, t -1.00, ridge -0.20, sparse -0.20
}

// Checkpoints: of N steps, 2·√N latents are remembered in place of N, and the steps
// between are taken again on the way back. The answer is known: the same bits.
func ExampleUnrolled() {
	var gradients [][]float64
	for _, how := range []inverse.Unrolled{{}, {Checkpoint: true}} {
		solver, err := inverse.NewSolver(mixer(), inverse.Inner{
			Steps: 10_000, LearningRate: 0.001, Prox: inverse.Prox{Kind: inverse.NonNegativeLatents}, Differentiation: how,
		}, inverse.Compute[float64]{})
		if err != nil {
			panic(err)
		}
		grad := inverse.NewLinear[float64](3, 2, false)
		lambda := inverse.FromFloat64[float64](1, 2, []float64{1, 1})
		x := inverse.FromFloat64[float64](1, 3, []float64{2, 3, 2})
		if err := solver.Backpropagate(&inverse.Gradients[float64]{Generator: grad}, lambda, inverse.NewMatrix[float64](1, 2), x); err != nil {
			panic(err)
		}
		gradients = append(gradients, grad.W.Data)
	}
	fmt.Println("the same bits:", slices.Equal(gradients[0], gradients[1]))
	// Output:
	// the same bits: true
}

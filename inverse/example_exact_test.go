package inverse_test

import (
	"context"
	"fmt"

	"github.com/inversenet/inversenet/inverse"
)

// Bounded least squares to the optimum, with the proof of it: the gap bounds how far
// the objective is above its minimum. The answer is known: with W = I each latent is
// its pixel, moved into the box.
func ExampleExactForm() {
	g := &inverse.Linear[float64]{W: inverse.FromFloat64[float64](3, 3, []float64{
		1, 0, 0,
		0, 1, 0,
		0, 0, 1,
	})}
	solver, err := inverse.NewSolver(g, inverse.Inner{
		Form: inverse.ExactForm,
		Prox: inverse.Prox{Kind: inverse.Box, Lower: []float64{-1}, Upper: []float64{1}},
	}, inverse.Compute[float64]{})
	if err != nil {
		panic(err)
	}
	x := inverse.FromFloat64[float64](1, 3, []float64{0.5, 3, -2})
	z, stats := inverse.NewMatrix[float64](1, 3), inverse.Stats{}
	if err := solver.InvertContext(context.Background(), z, x, &stats); err != nil {
		panic(err)
	}
	fmt.Printf("z = %v, %v, gap %.0f, %d latent is free\n", z.Row(0), stats.Status[0], stats.Gap[0], stats.Support[0])
	// Output:
	// z = [0.5 1 -1], converged, gap 0, 1 latent is free
}

// A path of the lasso over λ. Each answer is the start of the next problem, whose
// support is then nearly there.
func ExampleExactForm_path() {
	x := inverse.FromFloat64[float64](1, 4, []float64{4, 1, 2, -1}) // Wᵀx = (3, 3, 2)
	z := inverse.NewMatrix[float64](1, 3)
	for _, lambda := range []float64{2.5, 1, 0.5} {
		solver, err := inverse.NewSolver(orthonormal(), inverse.Inner{Form: inverse.ExactForm, Sparse: lambda}, inverse.Compute[float64]{})
		if err != nil {
			panic(err)
		}
		if err := solver.Invert(z, x); err != nil {
			panic(err)
		}
		fmt.Printf("λ = %.1f  z = %.4f\n", lambda, z.Row(0))
	}
	// Output:
	// λ = 2.5  z = [0.5000 0.5000 0.0000]
	// λ = 1.0  z = [2.0000 2.0000 1.0000]
	// λ = 0.5  z = [2.5000 2.5000 1.5000]
}

package inverse_test

import (
	"context"
	"fmt"

	"github.com/inversenet/inversenet/inverse"
)

// Is it solved? Status and the optimality residual, which is 0 at a minimiser, say
// so for each sample. The answer is known: for W = (1, 1)ᵀ and x = (1, 3), z is
// their mean, 2, and the squared error that is left 1² + 1². After n steps of
// s = 0.1 the residual is 4·0.8ⁿ.
func ExampleStats() {
	g := &inverse.Linear[float64]{W: inverse.FromFloat64[float64](2, 1, []float64{1, 1})}
	x := inverse.FromFloat64[float64](1, 2, []float64{1, 3})
	var stats inverse.Stats
	for _, steps := range []int{5, 1000} {
		solver, err := inverse.NewSolver(g, inverse.Inner{Steps: steps, LearningRate: 0.05, Tolerance: 1e-6}, inverse.Compute[float64]{})
		if err != nil {
			panic(err)
		}
		z := inverse.NewMatrix[float64](1, 1)
		if err := solver.InvertContext(context.Background(), z, x, &stats); err != nil {
			panic(err)
		}
		fmt.Printf("%v: z = %.4f, loss %.4f, residual %.4f, all steps taken: %v\n",
			stats.Status[0], z.Data[0], stats.Loss[0], stats.Optimality[0], stats.Iterations[0] == steps)
	}

	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	solver, err := inverse.NewSolver(g, inverse.Inner{Steps: 5, LearningRate: 0.05}, inverse.Compute[float64]{})
	if err != nil {
		panic(err)
	}
	err = solver.InvertContext(ctx, inverse.NewMatrix[float64](1, 1), x, &stats)
	fmt.Println(stats.Status[0], "-", err)
	// Output:
	// max steps: z = 1.3446, loss 2.8590, residual 1.3107, all steps taken: true
	// converged: z = 2.0000, loss 2.0000, residual 0.0000, all steps taken: false
	// interrupted - context canceled
}

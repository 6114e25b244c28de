package inverse_test

import (
	"errors"
	"fmt"

	"github.com/inversenet/inversenet/inverse"
)

// Implicit differentiation needs one minimiser. With two latents for one pixel there
// is a line of them, and no gradient: an error says so. A ridge makes it one. The
// answer is known: z = Wᵀx/(2 + ridge) for W = (1, 1), so with a ridge of 1 the sum
// of the latents has the derivative 2/3 in x.
func ExampleMinimumError() {
	g := &inverse.Linear[float64]{W: inverse.FromFloat64[float64](1, 2, []float64{1, 1})}
	x, start := inverse.FromFloat64[float64](1, 1, []float64{3}), inverse.NewMatrix[float64](1, 2)
	for _, ridge := range []float64{0, 1} {
		solver, err := inverse.NewSolver(g, inverse.Inner{
			Steps: 200, AutoStep: true, Ridge: ridge, Differentiation: inverse.Implicit{},
		}, inverse.Compute[float64]{})
		if err != nil {
			panic(err)
		}
		grad := inverse.NewMatrix[float64](1, 1)
		lambda := inverse.FromFloat64[float64](1, 2, []float64{1, 1})
		err = solver.Backpropagate(&inverse.Gradients[float64]{X: grad}, lambda, start, x)
		var none *inverse.MinimumError
		if errors.As(err, &none) {
			fmt.Printf("ridge %v: sample %d has %d free latents and %d pixel\n", ridge, none.Sample, none.Free, none.Pixels)
			continue
		}
		fmt.Printf("ridge %v: %.4f %v\n", ridge, grad.Data[0], err)
	}
	// Output:
	// ridge 0: sample 0 has 2 free latents and 1 pixel
	// ridge 1: 0.6667 <nil>
}

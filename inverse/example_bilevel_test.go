package inverse_test

import (
	"fmt"

	"github.com/inversenet/inversenet/inverse"
)

// Learning a regulariser, a bilevel problem: the ridge under which latents found
// from one measurement predict another, held out, best. Each round inverts, takes
// the gradient of the held-out error back to the ridge weight, and moves that. The
// answer is known where WᵀW = I: z = c/(1 + ridge) with c = Wᵀx, which is nearest to
// c' = Wᵀx' of the held-out x' at 1 + ridge = ‖c‖²/⟨c, c'⟩.
func Example_learningARegulariser() {
	g, start := orthonormal(), inverse.NewMatrix[float64](1, 3)
	x := inverse.FromFloat64[float64](1, 4, []float64{4, 1, 2, -1})           // c = (3, 3, 2)
	heldOut := inverse.FromFloat64[float64](1, 4, []float64{3.5, 0, 1.5, -1}) // c' = (2, 3, 1.5)

	inner := inverse.Inner{Steps: 100, LearningRate: 0.25}
	for range 100 {
		solver, err := inverse.NewSolver(g, inner, inverse.Compute[float64]{})
		if err != nil {
			panic(err)
		}
		z := inverse.NewMatrix[float64](1, 3)
		if err := solver.Invert(z, x); err != nil {
			panic(err)
		}
		// L = ½‖W·z − x'‖², and ∂L/∂z = Wᵀ(W·z − x') = z − c'.
		image, lambda := inverse.NewMatrix[float64](1, 4), inverse.NewMatrix[float64](1, 3)
		g.Generate(image, z)
		for j, v := range image.Data {
			for k, w := range g.W.Row(j) {
				lambda.Data[k] += w * (v - heldOut.Data[j])
			}
		}
		var slope float64
		if err := solver.Backpropagate(&inverse.Gradients[float64]{Ridge: &slope}, lambda, start, x); err != nil {
			panic(err)
		}
		inner.Ridge = max(0, inner.Ridge-0.02*slope)
	}
	fmt.Printf("learned %.4f, known %.4f\n", inner.Ridge, 22.0/18-1)
	// Output:
	// learned 0.2222, known 0.2222
}

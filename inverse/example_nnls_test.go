package inverse_test

import (
	"fmt"

	"gonum.org/v1/gonum/mat"

	"github.com/inversenet/inversenet/inverse"
)

// Non-negative least squares (NNLS): min ½‖W·z − x‖² over z ≥ 0. The answer is
// known: it is the least-squares solution on the columns whose latents are
// positive, and where a latent is 0, the gradient does not ask for less.
func Example_nonNegativeLeastSquares() {
	w := mat.NewDense(4, 3, []float64{
		1, 1, 0,
		0, 1, 1,
		1, 0, 1,
		1, 1, 1,
	})
	x := inverse.FromFloat64[float64](1, 4, []float64{3, 1, 0, 3})
	model := &inverse.Model[float64]{
		Generator: &inverse.Linear[float64]{W: inverse.FromMat[float64](w)},
		Inner:     inverse.Inner{Steps: 1000, AutoStep: true, Prox: inverse.Prox{Kind: inverse.NonNegativeLatents}},
	}
	z, err := model.Invert(x, inverse.Matrix[float64]{}, inverse.Compute[float64]{})
	if err != nil {
		panic(err)
	}
	fmt.Printf("NNLS                     %.4f\n", z.Row(0))

	var free, positive mat.Dense
	if err := free.Solve(w, x.Dense().T()); err != nil {
		panic(err)
	}
	if err := positive.Solve(w.Slice(0, 4, 0, 2), x.Dense().T()); err != nil {
		panic(err)
	}
	fmt.Printf("least squares            %.4f\n", free.RawMatrix().Data)
	fmt.Printf("on the first two columns %.4f\n", positive.RawMatrix().Data)
	// Output:
	// NNLS                     [0.8000 1.8000 0.0000]
	// least squares            [1.1429 2.1429 -0.8571]
	// on the first two columns [0.8000 1.8000]
}

package inverse_test

import (
	"fmt"

	"github.com/inversenet/inversenet/inverse"
)

// orthonormal has columns of norm 1 at right angles, so that WᵀW = I and problems
// with priors fall apart into one for each latent.
func orthonormal() *inverse.Linear[float64] {
	return &inverse.Linear[float64]{W: inverse.FromFloat64[float64](4, 3, []float64{
		0.5, 0.5, 0.5,
		0.5, -0.5, 0.5,
		0.5, 0.5, -0.5,
		0.5, -0.5, -0.5,
	})}
}

// Lasso, or basis pursuit denoising: min ½‖W·z − x‖² + λ·‖z‖₁, with λ the field
// Sparse. The answer is known where WᵀW = I: with c = Wᵀx it is
// sign(c)·max(|c| − λ, 0).
func Example_lasso() {
	x := inverse.FromFloat64[float64](1, 4, []float64{4, 1, 2, -1}) // c = (3, 3, 2)
	for _, lambda := range []float64{0, 1, 2.5} {
		model := &inverse.Model[float64]{
			Generator: orthonormal(),
			Inner:     inverse.Inner{Steps: 100, LearningRate: 0.25, Sparse: lambda},
		}
		z, err := model.Invert(x, inverse.Matrix[float64]{}, inverse.Compute[float64]{})
		if err != nil {
			panic(err)
		}
		fmt.Printf("λ = %.1f  z = %.4f\n", lambda, z.Row(0))
	}
	// Output:
	// λ = 0.0  z = [3.0000 3.0000 2.0000]
	// λ = 1.0  z = [2.0000 2.0000 1.0000]
	// λ = 2.5  z = [0.5000 0.5000 0.0000]
}

// The elastic net has both priors: min ½‖W·z − x‖² + ½·ρ·‖z‖² + λ·‖z‖₁. The answer
// is known where WᵀW = I: the lasso's, divided by 1 + ρ.
func Example_elasticNet() {
	model := &inverse.Model[float64]{
		Generator: orthonormal(),
		Inner:     inverse.Inner{Steps: 100, LearningRate: 0.25, Sparse: 1, Ridge: 0.25},
	}
	x := inverse.FromFloat64[float64](1, 4, []float64{4, 1, 2, -1})
	z, err := model.Invert(x, inverse.Matrix[float64]{}, inverse.Compute[float64]{})
	if err != nil {
		panic(err)
	}
	fmt.Printf("%.4f\n", z.Row(0))
	// Output:
	// [1.6000 1.6000 0.8000]
}

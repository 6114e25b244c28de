package inverse_test

import (
	"context"
	"fmt"

	"github.com/inversenet/inversenet/inverse"
)

// Dictionary learning, without labels: sparse latents of all samples and the atoms
// that make them, min Σ ½‖W·z − x‖² + λ·‖z‖₁ over both, with atoms of norm 1. The
// generator is its own head, so that the outputs are reconstructions and the targets
// the data; with the generator's rate at 0 each step moves the atoms for the latents
// just found, as in alternating minimisation. The answer is known up to order and
// sign: each sample is a multiple of one of two atoms.
func Example_dictionaryLearning() {
	x := inverse.FromFloat64[float64](5, 3, []float64{
		3, 4, 0, // 5·(0.6, 0.8, 0)
		-1.5, -2, 0,
		0, 3, 4, // 5·(0, 0.6, 0.8)
		0, 1.2, 1.6,
		0, -1.8, -2.4,
	})
	g := &inverse.Linear[float64]{W: inverse.FromFloat64[float64](3, 2, []float64{
		0.8, 0.3,
		0.6, 0.3,
		0.0, 0.9,
	})}
	model := &inverse.Model[float64]{
		Generator: g, Head: g,
		Inner: inverse.Inner{Steps: 100, LearningRate: 0.2, Sparse: 0.5},
	}
	_, err := inverse.Fit(context.Background(), model, inverse.Data[float64]{X: x, Targets: x}, inverse.SquaredError{}, inverse.Outer[float64]{
		Steps: 500,
		Rules: map[string]inverse.Rule{"head.W": {Rate: 0.05, Constraint: inverse.UnitColumns()}},
	})
	if err != nil {
		panic(err)
	}
	atoms := g.W.Transposed()
	fmt.Printf("%.3f\n%.3f\n", atoms.Row(0), atoms.Row(1))
	// Output:
	// [0.600 0.800 0.000]
	// [0.000 0.600 0.800]
}

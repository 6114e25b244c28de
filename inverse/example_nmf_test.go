package inverse_test

import (
	"context"
	"fmt"

	"github.com/inversenet/inversenet/inverse"
)

// Non-negative matrix factorisation (NMF): X ≈ Z·Wᵀ with Z ≥ 0 and W ≥ 0. Latents are
// kept so by the prox and atoms by a constraint, which also fixes their scale; the
// generator is its own head, as in dictionary learning. The answer is known up to
// order: each atom has a pixel of its own and a sample of its own, and then there is
// no other factorisation.
func Example_nonNegativeMatrixFactorisation() {
	x := inverse.FromFloat64[float64](4, 3, []float64{
		3, 4, 0, // 5·(0.6, 0.8, 0)
		0, 4, 3, // 5·(0, 0.8, 0.6)
		3, 8, 3, // both
		6, 12, 3,
	})
	g := &inverse.Linear[float64]{W: inverse.FromFloat64[float64](3, 2, []float64{
		0.8, 0.2,
		0.5, 0.5,
		0.2, 0.8,
	})}
	model := &inverse.Model[float64]{
		Generator: g, Head: g,
		Inner: inverse.Inner{Steps: 200, LearningRate: 0.2, Prox: inverse.Prox{Kind: inverse.NonNegativeLatents}},
	}
	report, err := inverse.Fit(context.Background(), model, inverse.Data[float64]{X: x, Targets: x}, inverse.SquaredError{}, inverse.Outer[float64]{
		Steps: 1000,
		Rules: map[string]inverse.Rule{"head.W": {Rate: 0.01, Constraint: inverse.UnitColumns().NonNegative()}},
	})
	if err != nil {
		panic(err)
	}
	atoms := g.W.Transposed()
	fmt.Printf("%.2f %.2f, error below 1e-4: %v\n", atoms.Row(0), atoms.Row(1), report.FinalLoss < 1e-4)
	// Output:
	// [0.60 0.80 0.00] [0.00 0.80 0.60], error below 1e-4: true
}

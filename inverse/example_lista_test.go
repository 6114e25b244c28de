package inverse_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/inversenet/inversenet/inverse"
	"github.com/inversenet/inversenet/inverse/optim"
)

// LISTA (Gregor and LeCun, 2010): a few steps of iterative soft thresholding, whose
// sizes and thresholds are learned so that those few come near the sparse codes. The
// answer is known, because the observations are made from the codes; LISTA is judged
// on codes that it was not trained on.
func Example_lista() {
	rng := rand.New(rand.NewPCG(1, 2))
	g := inverse.NewLinear[float64](12, 16, false)
	for i := range g.W.Data {
		g.W.Data[i] = rng.NormFloat64() / 4
	}
	sparse := func(samples int) inverse.Data[float64] {
		d := inverse.Data[float64]{X: inverse.NewMatrix[float64](samples, 12), Targets: inverse.NewMatrix[float64](samples, 16)}
		for i := range samples {
			d.Targets.Row(i)[rng.IntN(16)], d.Targets.Row(i)[rng.IntN(16)] = 1, -1
		}
		g.Generate(d.X, d.Targets)
		return d
	}
	train, test := sparse(300), sparse(200)

	model := &inverse.Model[float64]{Generator: g, Inner: inverse.Inner{
		Steps: 4, StepSizes: []float64{0.15, 0.15, 0.15, 0.15},
		Prox: inverse.Prox{Kind: inverse.Soft, Thresholds: slices.Repeat([]float64{0.03}, 16)},
	}}
	fit := func(d inverse.Data[float64], o inverse.Outer[float64]) float64 {
		report, err := inverse.Fit(context.Background(), model, d, inverse.SquaredError{}, o)
		if err != nil {
			panic(err)
		}
		return report.FinalLoss
	}
	ista := fit(test, inverse.Outer[float64]{}) // no step: the loss as it is
	fit(train, inverse.Outer[float64]{
		Steps: 200, InnerRate: 0.03, LearnSteps: true, LearnThresholds: true, Optimizer: optim.Adam{},
	})
	fmt.Printf("LISTA's error is %.1f of ISTA's\n", fit(test, inverse.Outer[float64]{})/ista)
	// Output:
	// LISTA's error is 0.2 of ISTA's
}

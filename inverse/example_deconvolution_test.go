package inverse_test

import (
	"fmt"

	"github.com/inversenet/inversenet/inverse"
)

// Deconvolution: a convolution is linear, so it is a W with the filter along its
// diagonal, and inverting it takes the blur out. The answer is known, because the
// observation is made from it: two peaks, non-negative, which the blur has merged.
func Example_deconvolution() {
	filter := []float64{0.25, 0.5, 0.25}
	source := inverse.FromFloat64[float64](1, 8, []float64{0, 0, 3, 0, 2, 0, 0, 0})

	g := inverse.NewLinear[float64](len(source.Data)+len(filter)-1, len(source.Data), false)
	for k := range source.Data {
		for i, f := range filter {
			g.W.Row(k + i)[k] = f
		}
	}
	blurred := inverse.NewMatrix[float64](1, g.Pixels())
	g.Generate(blurred, source)
	fmt.Printf("blurred  %.2f\n", blurred.Row(0))

	model := &inverse.Model[float64]{Generator: g, Inner: inverse.Inner{
		Steps: 2000, AutoStep: true, Momentum: inverse.Momentum{Method: inverse.FISTA},
		Prox: inverse.Prox{Kind: inverse.NonNegativeLatents},
	}}
	z, err := model.Invert(blurred, inverse.Matrix[float64]{}, inverse.Compute[float64]{})
	if err != nil {
		panic(err)
	}
	fmt.Printf("found    %.2f\n", z.Row(0))
	// Output:
	// blurred  [0.00 0.00 0.75 1.50 1.25 1.00 0.50 0.00 0.00 0.00]
	// found    [0.00 0.00 3.00 0.00 2.00 0.00 0.00 0.00]
}

package inverse_test

import (
	"context"
	"fmt"

	"github.com/inversenet/inversenet/inverse"
)

// fruit is a little spectroscopy: 4 brightnesses of 9 samples of 3 kinds, to be
// read as 2 latents by inverting x = W·z, and told apart by a linear head.
func fruit() (*inverse.Model[float64], inverse.Data[float64]) {
	x := inverse.FromFloat64[float64](9, 4, []float64{
		9, 8, 1, 0, // lemon
		8, 8, 2, 1,
		9, 7, 1, 1,
		2, 1, 8, 9, // plum
		1, 1, 9, 8,
		1, 2, 8, 8,
		5, 6, 5, 4, // peach
		6, 5, 5, 5,
		5, 5, 4, 6,
	})
	model := &inverse.Model[float64]{
		Generator: &inverse.Linear[float64]{W: inverse.FromFloat64[float64](4, 2, []float64{
			1.0, 0.2,
			0.9, 0.1,
			0.2, 1.1,
			0.1, 0.9,
		})},
		Head:  inverse.NewLinear[float64](3, 2, true),
		Inner: inverse.Inner{Steps: 20, LearningRate: 0.1},
	}
	return model, inverse.Data[float64]{X: x, Labels: []int{0, 0, 0, 1, 1, 1, 2, 2, 2}}
}

// Train a model, read what it has not seen, and run it forwards.
func Example() {
	model, data := fruit()
	report, err := inverse.Fit(context.Background(), model, data, inverse.SoftmaxCrossEntropy{}, inverse.Outer[float64]{
		Steps: 500, GeneratorRate: 0.002, HeadRate: 0.1,
	})
	if err != nil {
		panic(err)
	}
	fmt.Printf("loss %.2f, at the end below 0.1: %v\n", report.LossHistory[0], report.FinalLoss < 0.1)

	unseen := inverse.FromFloat64[float64](2, 4, []float64{
		8, 9, 1, 1,
		1, 0, 9, 9,
	})
	outputs, err := model.Predict(unseen, inverse.Matrix[float64]{}, inverse.Compute[float64]{})
	if err != nil {
		panic(err)
	}
	for _, class := range inverse.Classes(outputs) {
		fmt.Println([]string{"lemon", "plum", "peach"}[class])
	}

	image := inverse.NewMatrix[float64](1, 4)
	model.Generator.Generate(image, inverse.FromFloat64[float64](1, 2, []float64{9, 0}))
	fmt.Println("a latent of (9, 0) is bright on the left:", image.Data[0] > 5 && image.Data[3] < 3)
	// Output:
	// loss 1.10, at the end below 0.1: true
	// lemon
	// plum
	// a latent of (9, 0) is bright on the left: true
}

package inverse_test

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/inversenet/inversenet/inverse"
	"github.com/inversenet/inversenet/inverse/optim"
	"github.com/inversenet/inversenet/kernels"
)

// A pixel between 0 and 1 is a sigmoid of a mixture of atoms.
func ExampleActivated() {
	g := &inverse.Activated[float64]{
		Linear: inverse.Linear[float64]{
			W:    inverse.FromFloat64[float64](3, 2, []float64{2, 0, 0, 2, 1, -1}),
			Bias: []float64{0, 0, 1},
		},
		Activation: kernels.Sigmoid,
	}
	z, x := inverse.FromFloat64[float64](1, 2, []float64{0.5, -1}), inverse.NewMatrix[float64](1, 3)
	g.Generate(x, z)
	fmt.Printf("x = %.4f\n", x.Data)

	s, err := inverse.NewSolver(g, inverse.Inner{Steps: 300, LearningRate: 0.5}, inverse.Compute[float64]{})
	if err != nil {
		fmt.Println(err)
		return
	}
	found := inverse.NewMatrix[float64](1, 2)
	if err := s.Invert(found, x); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("z = %.4f\n", found.Data)
	// Output:
	// x = [0.7311 0.1192 0.9241]
	// z = [0.5000 -1.0000]
}

// A perceptron as the head: whether two numbers have the same sign cannot be read
// by a linear one.
func ExampleNewMLP() {
	rng := rand.New(rand.NewPCG(1, 2))
	data := inverse.Data[float64]{X: inverse.NewMatrix[float64](200, 2)}
	for i := range data.X.Rows {
		row := data.X.Row(i)
		row[0], row[1] = rng.NormFloat64(), rng.NormFloat64()
		label := 0
		if row[0]*row[1] > 0 {
			label = 1
		}
		data.Labels = append(data.Labels, label)
	}
	for _, head := range []inverse.Generator[float64]{
		inverse.NewLinear[float64](2, 2, true),
		inverse.NewMLP[float64]([]int{2, 16, 2}, kernels.Tanh, rng),
	} {
		model := &inverse.Model[float64]{
			Generator: &inverse.Linear[float64]{W: inverse.FromFloat64[float64](2, 2, []float64{1, 0.5, -0.5, 1})},
			Head:      head,
			Inner:     inverse.Inner{Steps: 20, AutoStep: true},
		}
		_, err := inverse.Fit(context.Background(), model, data, inverse.SoftmaxCrossEntropy{}, inverse.Outer[float64]{
			Steps: 200, HeadRate: 0.05, Optimizer: optim.Adam{},
		})
		if err != nil {
			fmt.Println(err)
			return
		}
		out, err := model.Predict(data.X, inverse.Matrix[float64]{}, inverse.Compute[float64]{})
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%T: more than nine in ten right: %t\n", head, inverse.Accuracy(out, data.Labels) > 0.9)
	}
	// Output:
	// *inverse.Linear[float64]: more than nine in ten right: false
	// *inverse.MLP[float64]: more than nine in ten right: true
}

package inverse_test

import (
	"context"
	"fmt"
	"math"

	"github.com/inversenet/inversenet/inverse"
	"github.com/inversenet/inversenet/inverse/optim"
)

// constant is a model whose outputs are the bias of its head, whatever it reads.
func constant(outputs int) *inverse.Model[float64] {
	return &inverse.Model[float64]{
		Generator: inverse.NewLinear[float64](1, 1, false),
		Head:      inverse.NewLinear[float64](outputs, 1, true),
		Inner:     inverse.Inner{Steps: 1, LearningRate: 1},
	}
}

// A loss of one's own: the mean of |o − t|, which outliers do not pull. The answer is
// known: of all constants it is least for the median of the targets, 3, as the
// squared error is for their mean, 22.
func ExampleLossFunc() {
	targets := []float64{1, 2, 3, 4, 100}
	data := inverse.Data[float64]{X: inverse.NewMatrix[float64](5, 1), Targets: inverse.FromFloat64[float64](5, 1, targets)}
	absolute := inverse.LossFunc[float64](func(grad, out []float64, sample int) float64 {
		e := out[0] - targets[sample]
		grad[0] = math.Copysign(1, e)
		return math.Abs(e)
	})
	for _, loss := range []inverse.Loss{absolute, inverse.SquaredError{}} {
		model := constant(1)
		_, err := inverse.Fit(context.Background(), model, data, loss, inverse.Outer[float64]{
			Steps: 500, HeadRate: 0.1, Schedule: optim.Cosine{},
		})
		if err != nil {
			panic(err)
		}
		fmt.Printf("%v: %.1f\n", loss, model.Head.(*inverse.Linear[float64]).Bias[0])
	}
	// Output:
	// a loss of one's own: 3.0
	// squared error: 22.0
}

// Weights of samples and of classes. The answer is known: the logits of a constant
// reading are log(n_c·w_c) but for a constant, with n_c the samples of class c and
// w_c their weight, so three samples of class 0 and one of class 1 are read as
// 3 : 1, and as 1 : 1 where class 1 counts three times.
func ExampleData() {
	x, labels := inverse.NewMatrix[float64](4, 1), []int{0, 0, 0, 1}
	for _, data := range []inverse.Data[float64]{
		{X: x, Labels: labels},
		{X: x, Labels: labels, ClassWeights: []float64{1, 3}},
		{X: x, Labels: labels, Weights: []float64{1, 0, 0, 1}},
	} {
		model := constant(2)
		_, err := inverse.Fit(context.Background(), model, data, inverse.SoftmaxCrossEntropy{}, inverse.Outer[float64]{Steps: 200, HeadRate: 1})
		if err != nil {
			panic(err)
		}
		bias := model.Head.(*inverse.Linear[float64]).Bias
		fmt.Printf("%.2f : 1\n", math.Exp(bias[0]-bias[1]))
	}
	// Output:
	// 3.00 : 1
	// 1.00 : 1
	// 1.00 : 1
}

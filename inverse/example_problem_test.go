package inverse_test

import (
	"fmt"

	"gonum.org/v1/gonum/optimize"

	"github.com/inversenet/inversenet/internal/digits"
	"github.com/inversenet/inversenet/internal/randomstate"
	"github.com/inversenet/inversenet/inverse"
)

// The article's digits, trained by L-BFGS: it finds the minimum that 2,000 steps
// of gradient descent, which end at a loss of 2.2494 and 89.0%, are on the way to.
func ExampleProblem() {
	model, train, test, testLabels := articleDigits()
	problem, err := inverse.NewProblem(model, train, inverse.SoftmaxCrossEntropy{}, inverse.Variables[float64]{})
	if err != nil {
		panic(err)
	}
	x := problem.Get()
	fmt.Printf("%d variables, %v form, loss %.4f\n", problem.Dim(), problem.Form(), problem.Func(x))

	for _, iterations := range []int{5, 20} {
		r, err := optimize.Minimize(problem.Minimization(), x, &optimize.Settings{MajorIterations: iterations}, &optimize.LBFGS{})
		if err != nil {
			panic(err)
		}
		problem.Set(r.X)
		outputs, err := model.Predict(test.X, test.Start, inverse.Compute[float64]{})
		if err != nil {
			panic(err)
		}
		fmt.Printf("%2d iterations: loss %.4f, %.1f%% of new digits right\n",
			iterations, r.F, 100*inverse.Accuracy(outputs, testLabels))
	}
	// Output:
	// 640 variables, closed form, loss 2.3025
	//  5 iterations: loss 2.1938, 90.6% of new digits right
	// 20 iterations: loss 2.1930, 90.6% of new digits right
}

// articleDigits is the training of the article's notebook: 1,000 digits of 64
// pixels, 10 latents that are the classes' scores, and 500 digits to test on.
func articleDigits() (m *inverse.Model[float64], train, test inverse.Data[float64], testLabels []int) {
	pixels, labels, err := digits.Load()
	if err != nil {
		panic(err)
	}
	z0, w0, testZ0 := randomstate.NotebookStart(42, 10, digits.Pixels, 1000, 500)
	all := inverse.FromFloat64[float64](digits.Rows, digits.Pixels, pixels)
	m = &inverse.Model[float64]{
		Generator: &inverse.Linear[float64]{W: inverse.FromFloat64[float64](digits.Pixels, 10, w0)},
		Inner:     inverse.Inner{Steps: 250, LearningRate: 1e-2, Reduction: inverse.MeanAll},
	}
	train = inverse.Data[float64]{
		X:      all.Slice(0, 1000),
		Start:  inverse.FromFloat64[float64](10, 1000, z0).Transposed(),
		Labels: labels[:1000],
	}
	test = inverse.Data[float64]{X: all.Slice(1000, 1500), Start: inverse.FromFloat64[float64](10, 500, testZ0).Transposed()}
	return m, train, test, labels[1000:1500]
}

// Variables chooses what a problem may move: here the head and the step sizes of
// the inner loop, but not the generator.
func ExampleNewProblem() {
	model, data := fruit()
	copy(model.Head.(*inverse.Linear[float64]).W.Data, []float64{1, 0, 0, 1, 0.5, 0.5})
	model.Inner.StepSizes = []float64{0.08, 0.05, 0.02}
	model.Inner.Steps = 3
	problem, err := inverse.NewProblem(model, data, inverse.SoftmaxCrossEntropy{},
		inverse.Variables[float64]{FixGenerator: true, LearnSteps: true})
	if err != nil {
		panic(err)
	}
	x, grad := problem.Get(), make([]float64, problem.Dim())
	problem.Grad(grad, x)
	fmt.Printf("%d variables: 3×2 weights and 3 biases of the head, 3 logarithms of step sizes\n", problem.Dim())
	fmt.Printf("derivatives in the latter: %.4f\n", grad[9:])

	for i := range x { // a place where the inversion diverges
		x[i] = 700
	}
	fmt.Println(problem.Func(x), problem.Err() != nil)
	// Output:
	// 12 variables: 3×2 weights and 3 biases of the head, 3 logarithms of step sizes
	// derivatives in the latter: [-0.1208 -0.0682 -0.0249]
	// +Inf true
}

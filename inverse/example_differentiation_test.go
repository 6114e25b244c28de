package inverse_test

import (
	"fmt"

	"github.com/inversenet/inversenet/inverse"
)

// slope is the derivative of the first latent after the inner steps in the first
// weight of mixer, taken back in the given way.
func slope(steps int, d inverse.Differentiation) (float64, error) {
	inner := inverse.Inner{Steps: steps, AutoStep: true, Differentiation: d}
	solver, err := inverse.NewSolver(mixer(), inner, inverse.Compute[float64]{})
	if err != nil {
		return 0, err
	}
	grad := inverse.NewLinear[float64](3, 2, false)
	lambda := inverse.FromFloat64[float64](1, 2, []float64{1, 0})
	x := inverse.FromFloat64[float64](1, 3, []float64{2, 3, 2})
	err = solver.Backpropagate(&inverse.Gradients[float64]{Generator: grad, Start: lambda}, lambda, inverse.NewMatrix[float64](1, 2), x)
	return grad.W.Data[0], err
}

// Every way to differentiate, after few inner steps and after many. Unrolled,
// closed and forward are exact for any number; implicit is where they tend to,
// and truncated comes near it when the steps it leaves out no longer matter.
func ExampleDifferentiation() {
	for _, d := range []inverse.Differentiation{
		inverse.Unrolled{},
		inverse.Closed{},
		inverse.Forward{},
		inverse.Implicit{},
		inverse.Truncated{Steps: 4},
		inverse.OneStep{},
	} {
		few, err := slope(5, d)
		if err != nil {
			panic(err)
		}
		many, err := slope(300, d)
		if err != nil {
			panic(err)
		}
		fmt.Printf("%-20v %8.5f %8.5f\n", d, few, many)
	}
	// Output:
	// unrolled             -0.51154 -0.44444
	// closed               -0.51154 -0.44444
	// forward              -0.51154 -0.44444
	// implicit             -0.50525 -0.44444
	// truncated to 4 steps -0.51831 -0.42329
	// one step             -0.45305 -0.37716
}

// What a way to differentiate cannot do is refused when a solver or a trainer is
// made.
func ExampleImplicit() {
	inner := inverse.Inner{
		Steps: 100, AutoStep: true,
		Prox:            inverse.Prox{Kind: inverse.Soft, Thresholds: []float64{0.1}},
		Differentiation: inverse.Implicit{},
	}
	_, err := inverse.NewSolver(mixer(), inner, inverse.Compute[float64]{})
	fmt.Println(err)
	// Output:
	// implicit differentiation needs f to have a minimiser that the steps approach: a fixed threshold is a prior only for one step size, use Sparse instead of Prox thresholds
}

func ExampleClosed() {
	inner := inverse.Inner{Steps: 100, AutoStep: true, Tolerance: 1e-6, Form: inverse.ClosedForm, Differentiation: inverse.Closed{}}
	_, err := inverse.NewSolver(mixer(), inner, inverse.Compute[float64]{})
	fmt.Println(err)
	// Output:
	// the closed form cannot stop at a tolerance: it takes all steps at once
}

func ExampleTruncated() {
	_, err := slope(3, inverse.Truncated{Steps: 4})
	fmt.Println(err)
	// Output:
	// truncated differentiation through 4 steps: want 1 to the 3 inner steps
}

package gradcheck_test

import (
	"errors"
	"fmt"
	"math"

	"github.com/inversenet/inversenet/inverse/gradcheck"
)

// f is a function of two arguments, with a gradient whose second component is
// wrong by 1e-4.
func f(x []float64) float64 { return math.Sin(x[0]) * math.Exp(x[1]) }

func wrongGradient(x []float64) []float64 {
	return []float64{math.Cos(x[0]) * math.Exp(x[1]), math.Sin(x[0])*math.Exp(x[1]) + 1e-4}
}

func ExampleFiniteDifference() {
	x := []float64{0.5, 0.25}
	report, err := gradcheck.FiniteDifference(f, x, wrongGradient(x), gradcheck.Options{
		Name: func(i int) string { return []string{"angle", "growth"}[i] },
	})
	for _, c := range report.Components {
		fmt.Printf("%-6s given %.6f measured %.6f %v\n", c.Name, c.Given, c.Measured, c.Verdict)
	}
	fmt.Println(errors.Is(err, gradcheck.ErrMismatch))
	// Output:
	// angle  given 1.126838 measured 1.126838 agrees
	// growth given 0.615695 measured 0.615595 DIFFERS
	// true
}

func ExampleTaylor() {
	x := []float64{0.5, 0.25}
	report, err := gradcheck.Taylor(f, x, wrongGradient(x), []float64{1, 1}, gradcheck.Options{})
	fmt.Printf("slope %.1f\n%v\n", report.Slope, err)

	right := []float64{math.Cos(x[0]) * math.Exp(x[1]), math.Sin(x[0]) * math.Exp(x[1])}
	report, err = gradcheck.Taylor(f, x, right, []float64{1, 1}, gradcheck.Options{})
	fmt.Printf("slope %.1f\n%v\n", report.Slope, err)
	for _, row := range report.Rows[1:5] {
		fmt.Printf("%.5f %.2e %.2f\n", row.Step, row.Remainder, row.Order)
	}
	// Output:
	// slope 1.0
	// gradcheck: the derivative does not agree with the function: the Taylor remainder falls with the power 1.00 of the step, want 2 (at least 1.9)
	// slope 2.0
	// <nil>
	// 0.05000 2.84e-03 2.01
	// 0.02500 7.07e-04 2.01
	// 0.01250 1.76e-04 2.00
	// 0.00625 4.41e-05 2.00
}

// An oscillation with a decay, as a map from its parameters to three samples.
func ExampleDirectional() {
	oscillation := func(dst, x []float64) {
		for i := range dst {
			t := float64(i + 1)
			dst[i] = math.Exp(-x[0]*t) * math.Cos(x[1]*t)
		}
	}
	x := []float64{0.3, 1.2}
	forward := func(dst, v []float64) {
		for i := range dst {
			t := float64(i + 1)
			e := math.Exp(-x[0] * t)
			dst[i] = -t*e*math.Cos(x[1]*t)*v[0] - t*e*math.Sin(x[1]*t)*v[1]
		}
	}
	report, err := gradcheck.Directional(oscillation, x, forward, 3, gradcheck.Options{})
	fmt.Println(len(report.Components), "products, worst verdict:", report.Worst.Verdict, err)
	// Output: 12 products, worst verdict: agrees <nil>
}

func ExampleDotProduct() {
	// J = (1 2; 3 4), given its transpose, and then by mistake J itself.
	forward := func(dst, v []float64) { dst[0], dst[1] = v[0]+2*v[1], 3*v[0]+4*v[1] }
	reverse := func(dst, w []float64) { dst[0], dst[1] = w[0]+3*w[1], 2*w[0]+4*w[1] }
	_, err := gradcheck.DotProduct(forward, reverse, 2, 2, gradcheck.Options{})
	fmt.Println(err)
	report, err := gradcheck.DotProduct(forward, forward, 2, 2, gradcheck.Options{Trials: 2})
	fmt.Print(report)
	fmt.Println(err)
	// Output:
	// <nil>
	//         ⟨J·v, w⟩         ⟨v, Jᵀ·w⟩    error  (tolerance 1e-10)
	//       2.97953372        3.44002994    7e-02  DIFFERS
	//      -5.08014224       -5.08782887    2e-03  DIFFERS
	// gradcheck: the derivative does not agree with the function: ⟨J·v, w⟩ = 2.979533716 but ⟨v, Jᵀ·w⟩ = 3.440029939, relative error 0.072, allowed 1e-10
}

// A report holds all trials, for tests that want to say more.
func ExampleDotProductTrial() {
	double := func(dst, v []float64) { dst[0] = 2 * v[0] }
	report, err := gradcheck.DotProduct(double, double, 1, 1, gradcheck.Options{Trials: 3})
	for _, trial := range report.Trials {
		fmt.Println(trial.Forward == trial.Reverse, trial.Error)
	}
	fmt.Println(err)
	// Output:
	// true 0
	// true 0
	// true 0
	// <nil>
}

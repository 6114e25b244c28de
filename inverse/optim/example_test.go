package optim_test

import (
	"fmt"

	"github.com/inversenet/inversenet/inverse/optim"
)

// Fit a line to three points with AdamW, a cosine schedule and clipped
// gradients.
func Example() {
	x, y := []float64{0, 1, 2}, []float64{1, 3, 5}
	slope, offset := []float64{0}, []float64{0}
	params := []optim.Param[float64]{
		{Name: "slope", Value: slope, Grad: make([]float64, 1), Rate: 1, Decay: true},
		{Name: "offset", Value: offset, Grad: make([]float64, 1), Rate: 1},
	}
	adam, err := optim.New(optim.Adam{WeightDecay: 1e-4}, params)
	if err != nil {
		fmt.Println(err)
		return
	}
	const steps, rate = 500, 0.1
	schedule := optim.WarmUp{Steps: 20, Then: optim.Cosine{}}
	for step := range steps {
		params[0].Grad[0], params[1].Grad[0] = 0, 0
		for i := range x {
			residual := slope[0]*x[i] + offset[0] - y[i]
			params[0].Grad[0] += residual * x[i]
			params[1].Grad[0] += residual
		}
		optim.ClipNorm(params, 1)
		adam.Step(params, rate*schedule.At(step, steps))
	}
	fmt.Printf("y = %.2f·x + %.2f\n", slope[0], offset[0])
	// Output: y = 2.00·x + 1.00
}

func ExampleNew() {
	params := []optim.Param[float32]{{Name: "W", Value: []float32{1, 2}, Grad: []float32{0.5, -40}, Rate: 1}}
	for _, settings := range []optim.Settings{
		optim.GradientDescent{},
		optim.Momentum{Nesterov: true},
		optim.Adam{WeightDecay: 0.01},
	} {
		params[0].Value = []float32{1, 2}
		o, err := optim.New(settings, params)
		if err != nil {
			fmt.Println(err)
			return
		}
		o.Step(params, 0.1)
		fmt.Println(settings, params[0].Value)
	}
	// Output:
	// gradient descent [0.95 6]
	// Nesterov momentum (μ 0.9) [0.905 9.6]
	// AdamW (β₁ 0.9, β₂ 0.999, ε 1e-08, weight decay 0.01) [0.9 2.1]
}

// A checkpoint holds the state beside the parameters; the arrays have names.
func ExampleOptimizer_state() {
	params := []optim.Param[float64]{{Name: "W", Value: []float64{1}, Grad: []float64{0.5}, Rate: 1}}
	adam, _ := optim.New(optim.Adam{}, params)
	adam.Step(params, 0.1)

	state := adam.State()
	fmt.Println(state.Optimizer, "after step", state.Steps)
	for _, a := range state.Arrays {
		fmt.Printf("%s %.6f\n", a.Name, a.Values)
	}

	resumed, _ := optim.New(optim.Adam{}, params)
	fmt.Println(resumed.SetState(state), resumed.Steps())
	// Output:
	// adam after step 1
	// first_moment.W [0.050000]
	// second_moment.W [0.000250]
	// <nil> 1
}

func ExampleClipNorm() {
	params := []optim.Param[float64]{
		{Name: "a", Value: []float64{0}, Grad: []float64{30}, Rate: 1},
		{Name: "b", Value: []float64{0}, Grad: []float64{-40}, Rate: 1},
	}
	norm := optim.ClipNorm(params, 5)
	fmt.Printf("%g, now %.0f and %.0f\n", norm, params[0].Grad, params[1].Grad)
	// Output: 50, now [3] and [-4]
}

func ExampleWarmUp() {
	schedule := optim.WarmUp{Steps: 3, Then: optim.Cosine{Final: 0.1}}
	for step := range 8 {
		fmt.Printf("%.2f ", schedule.At(step, 8))
	}
	// Output: 0.25 0.50 0.75 1.00 0.91 0.69 0.41 0.19
}

package inverse_test

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/inversenet/inversenet/inverse"
	"github.com/inversenet/inversenet/inverse/optim"
)

// Fit with everything that can be set: mini-batches in an order drawn from a
// seed, observations changed a little at random, Adam with decoupled weight decay
// and a schedule, a clipped gradient, weights kept non-negative, and the inner
// step sizes learned along. The result is the same for any number of threads.
func ExampleFit() {
	model, data := fruit()
	model.Inner.Steps, model.Inner.StepSizes = 4, []float64{0.05, 0.05, 0.05, 0.05}
	report, err := inverse.Fit(context.Background(), model, data, inverse.SoftmaxCrossEntropy{Smoothing: 0.1}, inverse.Outer[float64]{
		Steps: 300, GeneratorRate: 0.01, HeadRate: 0.05,
		InnerRate: 0.01, LearnSteps: true,
		Optimizer:  optim.Adam{WeightDecay: 0.01},
		Schedule:   optim.WarmUp{Steps: 10, Then: optim.Cosine{}},
		ClipNorm:   1,
		Constraint: inverse.NonNegative(),
		BatchSize:  4,
		Seed:       1,
		Augment: func() inverse.Augment[float64] {
			return func(x []float64, rng *rand.Rand) {
				for i := range x {
					x[i] += 0.1 * rng.NormFloat64()
				}
			}
		},
		Compute: inverse.Compute[float64]{Threads: 2},
		Progress: func(p inverse.Progress) {
			if p.Step%100 == 0 {
				fmt.Printf("%d of %d iterations\n", p.Step, p.Steps)
			}
		},
	})
	if err != nil {
		panic(err)
	}
	outputs, err := model.Predict(data.X, data.Start, inverse.Compute[float64]{})
	if err != nil {
		panic(err)
	}
	fmt.Printf("loss below 0.5: %v, accuracy %v\n", report.FinalLoss < 0.5, inverse.Accuracy(outputs, data.Labels))
	// Output:
	// 100 of 300 iterations
	// 200 of 300 iterations
	// 300 of 300 iterations
	// loss below 0.5: true, accuracy 1
}

// A Trainer takes the iterations one by one, for loops of one's own.
func ExampleTrainer() {
	model, data := fruit()
	trainer, err := inverse.NewTrainer(model, data, inverse.SoftmaxCrossEntropy{}, inverse.Outer[float64]{
		GeneratorRate: 0.002, HeadRate: 0.1,
	})
	if err != nil {
		panic(err)
	}
	steps := 0
	for loss := 1.0; loss > 0.2; steps++ {
		if loss, err = trainer.Step(context.Background()); err != nil { // the loss before the step
			panic(err)
		}
	}
	loss, err := trainer.Loss(context.Background()) // after it, on all data
	fmt.Printf("below 0.2 within 500 steps: %v %v %v\n", steps < 500, loss < 0.2, err)
	// Output:
	// below 0.2 within 500 steps: true true <nil>
}

// What cannot be trained on is refused, with the model as it was.
func ExampleNewTrainer() {
	model, data := fruit()
	data.Labels[4] = 3
	_, err := inverse.NewTrainer(model, data, inverse.SoftmaxCrossEntropy{}, inverse.Outer[float64]{})
	fmt.Println(err)
	data.Labels[4] = 1
	_, err = inverse.NewTrainer(model, data, inverse.SoftmaxCrossEntropy{Smoothing: 1}, inverse.Outer[float64]{})
	fmt.Println(err)
	_, err = inverse.NewTrainer(model, data, inverse.SoftmaxCrossEntropy{}, inverse.Outer[float64]{LearnThresholds: true})
	fmt.Println(err)
	// Output:
	// label 3 of row 4 is out of range: the model has outputs 0 to 2
	// label smoothing: 1, want 0 <= smoothing < 1
	// a gradient in thresholds needs a soft prox, not none
}

// The losses, for one sample whose outputs are its latents.
func ExampleLoss() {
	identity := &inverse.Linear[float64]{W: inverse.FromFloat64[float64](2, 2, []float64{1, 0, 0, 1})}
	model := &inverse.Model[float64]{Generator: identity, Inner: inverse.Inner{Steps: 1, AutoStep: true}}
	data := inverse.Data[float64]{
		X:       inverse.FromFloat64[float64](1, 2, []float64{1, -1}), // and so are the outputs
		Labels:  []int{0},
		Targets: inverse.FromFloat64[float64](1, 2, []float64{1, 0}),
	}
	for _, loss := range []inverse.Loss{
		inverse.SoftmaxCrossEntropy{},                // log(1 + e⁻²)
		inverse.SoftmaxCrossEntropy{Smoothing: 0.1},  // that + 0.05·2
		inverse.LogisticCrossEntropy{},               // log(1 + e⁻¹)
		inverse.LogisticCrossEntropy{Smoothing: 0.1}, // that + 0.05·1
		inverse.SquaredError{},                       // 0² + 1²
	} {
		trainer, err := inverse.NewTrainer(model, data, loss, inverse.Outer[float64]{})
		if err != nil {
			panic(err)
		}
		l, err := trainer.Loss(context.Background())
		fmt.Printf("%-22v %.6f %v\n", loss, l, err)
	}
	// Output:
	// softmax cross entropy  0.126928 <nil>
	// softmax cross entropy  0.226928 <nil>
	// logistic cross entropy 0.313262 <nil>
	// logistic cross entropy 0.363262 <nil>
	// squared error          1.000000 <nil>
}

// Soft thresholds, one for each latent, can be learned along with the head.
func ExampleOuter_thresholds() {
	model, data := fruit()
	model.Inner.Prox = inverse.Prox{Kind: inverse.NonNegativeSoft, Thresholds: []float64{0.1, 0.1}}
	before := append([]float64(nil), model.Inner.Prox.Thresholds...)
	report, err := inverse.Fit(context.Background(), model, data, inverse.SoftmaxCrossEntropy{}, inverse.Outer[float64]{
		Steps: 200, HeadRate: 0.1, InnerRate: 0.01, LearnThresholds: true,
	})
	if err != nil {
		panic(err)
	}
	after := model.Inner.Prox.Thresholds
	fmt.Println(report.Form, "form; moved:", after[0] != before[0], after[1] != before[1])
	// Output:
	// gram form; moved: true true
}

// A Constraint keeps the generator's weights where they mean something.
func ExampleConstraint() {
	fmt.Println(inverse.Constraint{})
	fmt.Println(inverse.NonNegative())
	fmt.Println(inverse.LowerBound(0.5))
	// Output:
	// none
	// >= 0
	// >= 0.5
}

// LowerBound is what the article trains its scalar example with: the data here ask
// for a slope of 0.2, and it stays at 0.5, where inner steps are fast.
func ExampleLowerBound() {
	g := &inverse.Linear[float64]{W: inverse.FromFloat64[float64](1, 1, []float64{0.6}), Bias: []float64{0}}
	model := &inverse.Model[float64]{Generator: g, Inner: inverse.Inner{Steps: 1000, LearningRate: 0.05}}
	data := inverse.Data[float64]{
		X:       inverse.FromFloat64[float64](2, 1, []float64{-1, 1}),
		Targets: inverse.FromFloat64[float64](2, 1, []float64{-5, 5}),
	}
	_, err := inverse.Fit(context.Background(), model, data, inverse.SquaredError{}, inverse.Outer[float64]{
		Steps: 100, GeneratorRate: 0.01, Constraint: inverse.LowerBound(0.5),
	})
	fmt.Printf("%.2f %v\n", g.W.Data[0], err)
	// Output:
	// 0.50 <nil>
}

// Classes are the largest outputs, of equal ones the first.
func ExampleClasses() {
	outputs := inverse.FromFloat64[float64](3, 3, []float64{
		0, 2, 1,
		5, 5, 1,
		-3, -2, -1,
	})
	fmt.Println(inverse.Classes(outputs), inverse.Accuracy(outputs, []int{1, 1, 2}))
	// Output:
	// [1 0 2] 0.6666666666666666
}

func ExampleAccuracy() {
	outputs := inverse.FromFloat64[float64](4, 2, []float64{
		1, 0,
		0, 1,
		1, 0,
		0, 1,
	})
	fmt.Println(inverse.Accuracy(outputs, []int{0, 1, 1, 1}))
	// Output:
	// 0.75
}

// A model without a head has its latents as outputs.
func ExampleModel() {
	model, data := fruit()
	fmt.Println(model.Outputs(), "outputs with the head")
	model.Head = nil
	fmt.Println(model.Outputs(), "without")
	z, err := model.Invert(data.X, data.Start, inverse.Compute[float64]{})
	if err != nil {
		panic(err)
	}
	o, err := model.Predict(data.X, data.Start, inverse.Compute[float64]{})
	if err != nil {
		panic(err)
	}
	fmt.Printf("%.2f %.2f\n", z.Row(0), o.Row(0))
	// Output:
	// 3 outputs with the head
	// 2 without
	// [9.08 -0.84] [9.08 -0.84]
}

// Compute says what runs: the number of threads changes no bit of a result.
func ExampleCompute() {
	for _, threads := range []int{1, 3} {
		model, data := fruit()
		report, err := inverse.Fit(context.Background(), model, data, inverse.SoftmaxCrossEntropy{}, inverse.Outer[float64]{
			Steps: 10, HeadRate: 0.1, Compute: inverse.Compute[float64]{Threads: threads},
		})
		if err != nil {
			panic(err)
		}
		fmt.Printf("%.4f\n", report.FinalLoss)
	}
	_, err := inverse.NewSolver(mixer(), inverse.Inner{Steps: 1, AutoStep: true}, inverse.Compute[float64]{Threads: -1})
	fmt.Println(err)
	// Output:
	// 0.2037
	// 0.2037
	// threads: -1, want 0 for all cores or a positive number
}

package inverse

import (
	"context"
	"math/rand/v2"
	"testing"
)

// TestInvertDoesNotDependOnTheBatch: a sample gives the same bits alone and at
// any place of any batch, for any number of threads.
func TestInvertDoesNotDependOnTheBatch(t *testing.T) {
	onEveryISA(t, func(t *testing.T, c Compute[float64]) {
		for _, form := range []Form{DirectForm, GramForm, ClosedForm} {
			t.Run(form.String(), func(t *testing.T) { testInvertAlone(t, c, form) })
		}
	})
}

func testInvertAlone(t *testing.T, c Compute[float64], form Form) {
	const samples, pixels, latents = 75, 11, 4
	rng := rand.New(rand.NewPCG(5, 6))
	g := randomLinear(rng, pixels, latents, true)
	x, z0 := randomMatrix(rng, samples, pixels, 1), randomMatrix(rng, samples, latents, 1)
	in := Inner{Steps: 20, LearningRate: 0.5 / g.LambdaMax(), Reduction: Sum, Form: form}

	alone := NewMatrix[float64](samples, latents)
	s, err := NewSolver(g, in, c)
	if err != nil {
		t.Fatal(err)
	}
	copy(alone.Data, z0.Data)
	for i := range samples {
		if err := s.Invert(alone.Slice(i, i+1), x.Slice(i, i+1)); err != nil {
			t.Fatal(err)
		}
	}
	for _, from := range []int{0, 1, 7, 60} {
		for threads := 1; threads <= 4; threads++ {
			c.Threads = threads
			s, err := NewSolver(g, in, c)
			if err != nil {
				t.Fatal(err)
			}
			z := z0.Slice(from, samples).clone()
			if err := s.Invert(z, x.Slice(from, samples)); err != nil {
				t.Fatal(err)
			}
			for i, v := range z.Data {
				if v != alone.Data[from*latents+i] {
					t.Fatalf("rows %d:%d, %d threads: sample %d has %v, alone %v", from, samples, threads, from+i/latents, v, alone.Data[from*latents+i])
				}
			}
		}
	}
}

// TestTrainingDoesNotDependOnThreads compares parameters to the bit after ten
// iterations.
func TestTrainingDoesNotDependOnThreads(t *testing.T) {
	tc := trainingCase{"linear with bias", SoftmaxCrossEntropy{}, MeanPixels}
	var want []float64
	for threads := 1; threads <= 8; threads++ {
		m, _ := tc.build(rand.New(rand.NewPCG(7, 8)))
		d := manyTrainingSamples(rand.New(rand.NewPCG(9, 10)), m, 300)
		o := Outer[float64]{Steps: 10, GeneratorRate: 0.1, HeadRate: 0.1, Compute: Compute[float64]{Threads: threads}}
		if _, err := Fit(context.Background(), m, d, tc.loss, o); err != nil {
			t.Fatal(err)
		}
		got := append(append([]float64(nil), m.Generator.(*Linear[float64]).W.Data...), m.Head.(*Linear[float64]).W.Data...)
		if want == nil {
			want = got
			continue
		}
		for i := range got {
			if got[i] != want[i] {
				t.Fatalf("%d threads: parameter %d is %v, with one thread %v", threads, i, got[i], want[i])
			}
		}
	}
}

func manyTrainingSamples(rng *rand.Rand, m *Model[float64], samples int) Data[float64] {
	d := Data[float64]{X: randomMatrix(rng, samples, m.Generator.Pixels(), 1), Labels: make([]int, samples)}
	for i := range d.Labels {
		d.Labels[i] = rng.IntN(m.Outputs())
	}
	return d
}

// TestSteadyStateAllocatesNothing: neither an outer iteration nor an inversion
// or its adjoint allocates once its memory is there.
func TestSteadyStateAllocatesNothing(t *testing.T) {
	n := newNotebook[float32](t)
	n.model.Inner.Steps = 5
	tr, err := NewTrainer(n.model, n.data, SoftmaxCrossEntropy{}, Outer[float32]{GeneratorRate: 1e2})
	if err != nil {
		t.Fatal(err)
	}
	solver, err := NewSolver(n.model.Generator, n.model.Inner, Compute[float32]{})
	if err != nil {
		t.Fatal(err)
	}
	z := n.data.Start.clone()
	lambda := n.data.Start.clone()
	grad := NewLinear[float32](64, 10, false)
	for _, c := range []struct {
		name string
		call func() error
	}{
		{"Trainer.Step", func() error { _, err := tr.Step(context.Background()); return err }},
		{"Trainer.Loss", func() error { _, err := tr.Loss(context.Background()); return err }},
		{"Solver.Invert", func() error { return solver.Invert(z, n.data.X) }},
		{"Solver.Backpropagate", func() error {
			return solver.Backpropagate(&Gradients[float32]{Generator: grad, Start: lambda}, lambda, n.data.Start, n.data.X)
		}},
	} {
		var err error
		call := func() {
			if e := c.call(); e != nil {
				err = e
			}
		}
		call()
		if got := testing.AllocsPerRun(20, call); got != 0 {
			t.Errorf("%s: %v allocations, want 0", c.name, got)
		}
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

package inverse_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/inversenet/inversenet/inverse"
	"github.com/inversenet/inversenet/inverse/optim"
)

// resumable is a model with everything that training moves, and data for it.
func resumable[T inverse.Float]() (*inverse.Model[T], inverse.Data[T]) {
	const pixels, latents, classes, samples = 12, 5, 3, 50
	rng := rand.New(rand.NewPCG(3, 4))
	fill := func(v []T, scale float64) {
		for i := range v {
			v[i] = T(scale * rng.NormFloat64())
		}
	}
	g, h := inverse.NewLinear[T](pixels, latents, true), inverse.NewLinear[T](classes, latents, true)
	fill(g.W.Data, 0.3)
	fill(h.W.Data, 0.5)
	m := &inverse.Model[T]{Generator: g, Head: h, Inner: inverse.Inner{
		Steps: 3, StepSizes: []float64{0.1, 0.2, 0.3},
		Prox: inverse.Prox{Kind: inverse.NonNegativeSoft, Thresholds: []float64{0.01, 0, 0.02, 0.03, 0}},
	}}
	d := inverse.Data[T]{X: inverse.NewMatrix[T](samples, pixels), Labels: make([]int, samples)}
	fill(d.X.Data, 1)
	for i := range d.Labels {
		d.Labels[i] = rng.IntN(classes)
	}
	return m, d
}

func noise[T inverse.Float]() inverse.Augment[T] {
	return func(x []T, rng *rand.Rand) {
		for i := range x {
			x[i] += T(0.1 * rng.NormFloat64())
		}
	}
}

// take takes steps and returns their losses.
func take[T inverse.Float](t *testing.T, tr *inverse.Trainer[T], steps int) (losses []float64) {
	t.Helper()
	for range steps {
		l, err := tr.Step(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		losses = append(losses, l)
	}
	return losses
}

// testResume trains 23 iterations at once, and again in three trainings, each of
// which begins from the state that the one before it left.
func testResume[T inverse.Float](t *testing.T, o inverse.Outer[T]) {
	o.Steps, o.GeneratorRate, o.HeadRate, o.InnerRate = 23, 0.02, 0.03, 0.01
	o.LearnSteps, o.LearnThresholds, o.Seed = true, true, 7
	o.Schedule = optim.WarmUp{Steps: 3, Then: optim.Cosine{}}
	start := func(threads int) (*inverse.Trainer[T], *inverse.Model[T]) {
		m, d := resumable[T]()
		o.Compute.Threads = threads
		tr, err := inverse.NewTrainer(m, d, inverse.SoftmaxCrossEntropy{}, o)
		if err != nil {
			t.Fatal(err)
		}
		return tr, m
	}
	whole, want := start(1)
	losses := take(t, whole, 23)

	tr, got := start(2)
	var resumed []float64
	for i, part := range []int{0, 4, 7, 12} {
		resumed = append(resumed, take(t, tr, part)...)
		state := tr.State()
		take(t, tr, 1) // which the state must not notice
		tr, got = start(1 + i)
		if err := tr.Restore(state); err != nil {
			t.Fatal(err)
		}
	}
	if !reflect.DeepEqual(resumed, losses) {
		t.Errorf("losses %v, without a stop %v", resumed, losses)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("parameters differ from those without a stop")
	}
	if !reflect.DeepEqual(tr.State(), whole.State()) {
		t.Errorf("states differ")
	}
}

func TestResumeToTheSameBits(t *testing.T) {
	optimizers := []optim.Settings{nil, optim.GradientDescent{WeightDecay: 0.1}, optim.Momentum{}, optim.Momentum{Nesterov: true}, optim.Adam{WeightDecay: 0.01}}
	for _, settings := range optimizers {
		for _, batch := range []int{0, 16} {
			for _, augmented := range []bool{false, true} {
				t.Run(fmt.Sprintf("%v/batch %d/augmented %v", settings, batch, augmented), func(t *testing.T) {
					o32 := inverse.Outer[float32]{Optimizer: settings, BatchSize: batch}
					o64 := inverse.Outer[float64]{Optimizer: settings, BatchSize: batch}
					if augmented {
						o32.Augment, o64.Augment = noise[float32], noise[float64]
					}
					testResume(t, o32)
					testResume(t, o64)
				})
			}
		}
	}
}

func TestRestoreRefuses(t *testing.T) {
	outer := inverse.Outer[float64]{Steps: 9, GeneratorRate: 0.1, HeadRate: 0.1, InnerRate: 0.1, LearnSteps: true, BatchSize: 20, Optimizer: optim.Adam{}}
	start := func(o inverse.Outer[float64]) *inverse.Trainer[float64] {
		m, d := resumable[float64]()
		tr, err := inverse.NewTrainer(m, d, inverse.SoftmaxCrossEntropy{}, o)
		if err != nil {
			t.Fatal(err)
		}
		return tr
	}
	all := outer
	all.BatchSize = 0
	for _, c := range []struct {
		name   string
		outer  inverse.Outer[float64]
		damage func(*inverse.State[float64])
		want   string
	}{
		{"another number of steps", outer, func(s *inverse.State[float64]) { s.Step++ }, "after 4 iterations with 3"},
		{"a negative number of steps", outer, func(s *inverse.State[float64]) { s.Step = -1 }, "want the same number"},
		{"more samples than there are", outer, func(s *inverse.State[float64]) { s.Seen = 51 }, "seen 51 samples, the data has 50"},
		{"no pass", outer, func(s *inverse.State[float64]) { s.Pass = 0 }, "on all data at once"},
		{"a training on all data", all, func(*inverse.State[float64]) {}, "of a training on mini-batches"},
		{"a parameter less", outer, func(s *inverse.State[float64]) { s.Parameters = s.Parameters[1:] }, "4 parameters, want 5"},
		{"a parameter twice", outer, func(s *inverse.State[float64]) { s.Parameters[1] = s.Parameters[0] }, `two parameters named "generator.W"`},
		{"an unknown parameter", outer, func(s *inverse.State[float64]) { s.Parameters[0].Name = "W" }, `0 values of "generator.W", want 60`},
		{"too few values", outer, func(s *inverse.State[float64]) { s.Parameters[0].Values = s.Parameters[0].Values[1:] }, `59 values of "generator.W"`},
		{"a NaN", outer, func(s *inverse.State[float64]) { s.Parameters[2].Values[3] /= 0 }, "want finite numbers"},
		{"a step size of 0", outer, func(s *inverse.State[float64]) { s.Parameters[4].Values[1] = -1e5 }, "makes the step size 0"},
		{"another optimiser", outer, func(s *inverse.State[float64]) { s.Optimizer.Optimizer = "momentum" }, "momentum"},
	} {
		t.Run(c.name, func(t *testing.T) {
			donor := start(outer)
			take(t, donor, 3)
			state := donor.State()
			c.damage(&state)
			tr := start(c.outer)
			before := tr.State()
			if err := tr.Restore(state); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q in it", err, c.want)
			}
			if !reflect.DeepEqual(tr.State(), before) {
				t.Error("the refused state changed the training")
			}
		})
	}
}

// A training continues in another Trainer where the first one stopped.
func ExampleTrainer_Restore() {
	outer := inverse.Outer[float64]{Steps: 10, GeneratorRate: 0.1, HeadRate: 0.1, Optimizer: optim.Adam{}}
	start := func() *inverse.Trainer[float64] {
		model, data := resumable[float64]()
		t, err := inverse.NewTrainer(model, data, inverse.SoftmaxCrossEntropy{}, outer)
		if err != nil {
			panic(err)
		}
		return t
	}
	first := start()
	first.Step(context.Background())
	first.Step(context.Background())

	second := start()
	if err := second.Restore(first.State()); err != nil {
		panic(err)
	}
	a, _ := first.Step(context.Background())
	b, _ := second.Step(context.Background())
	fmt.Println(second.State().Step, a == b)
	// Output: 3 true
}

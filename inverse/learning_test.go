package inverse

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/inversenet/inversenet/internal/testkit"
	"github.com/inversenet/inversenet/inverse/optim"
)

// TestLearnedInnerParameters compares the derivatives in the step sizes and in
// the thresholds with finite differences, in every form that has them.
func TestLearnedInnerParameters(t *testing.T) {
	onEveryISA(t, func(t *testing.T, c Compute[float64]) {
		const latents = 3
		for _, kind := range []ProxKind{Free, Soft, NonNegativeSoft} {
			for _, momentum := range []Momentum{{}, {HeavyBall, 0.4}, {Method: FISTA}} {
				for _, form := range []Form{DirectForm, GramForm, ClosedForm} {
					if form == ClosedForm && kind != Free {
						continue
					}
					t.Run(fmt.Sprintf("%v/%v/%v", kind, momentum.Method, form), func(t *testing.T) {
						m, d := trainingCase{"linear", SoftmaxCrossEntropy{}, Sum}.build(rand.New(rand.NewPCG(21, 22)))
						in := &m.Inner
						in.Momentum, in.Form = momentum, form
						in.StepSizes = make([]float64, in.Steps)
						for n := range in.StepSizes {
							in.StepSizes[n] = in.LearningRate * (1 + 0.1*float64(n%3))
						}
						o := Outer[float64]{Compute: c, LearnSteps: true}
						if kind != Free {
							in.Prox = Prox{Kind: kind, Thresholds: []float64{0.01, 0.05, 0.02}}
							o.LearnThresholds = true
						}
						checkLearned(t, m, d, o)
					})
				}
			}
		}
	})
}

func checkLearned(t *testing.T, m *Model[float64], d Data[float64], o Outer[float64]) {
	t.Helper()
	tr, err := NewTrainer(m, d, SoftmaxCrossEntropy{}, o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tr.Step(context.Background()); err != nil { // all rates are 0: gradients only
		t.Fatal(err)
	}
	loss := func() float64 {
		loss, err := tr.Loss(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		return loss
	}
	check := func(what string, p *float64, got, chain float64) {
		at := *p
		want := chain * testkit.CentralDifference(func(v float64) float64 { *p = v; return loss() }, at, 1e-4*math.Abs(at))
		*p = at
		if diff := math.Abs(got - want); !(diff <= 1e-6*math.Max(math.Abs(want), 1e-2)) {
			t.Errorf("%s: gradient %.10g, finite difference %.10g", what, got, want)
		}
	}
	for n := range m.Inner.StepSizes {
		p := &m.Inner.StepSizes[n]
		check(fmt.Sprintf("log step %d", n), p, tr.update.gradients.LogSteps[n], *p)
	}
	for k := range m.Inner.Prox.Thresholds {
		check(fmt.Sprintf("threshold %d", k), &m.Inner.Prox.Thresholds[k], tr.update.gradients.Thresholds[k], 1)
	}
}

// TestMiniBatchesDoNotDependOnThreads trains on shuffled, augmented mini-batches
// of which the last is smaller, and compares all that was learned to the bit.
func TestMiniBatchesDoNotDependOnThreads(t *testing.T) {
	train := func(threads int) []float64 {
		m, _ := trainingCase{"linear with bias", SoftmaxCrossEntropy{}, MeanPixels}.build(rand.New(rand.NewPCG(23, 24)))
		d := manyTrainingSamples(rand.New(rand.NewPCG(25, 26)), m, 150)
		m.Inner.StepSizes = make([]float64, m.Inner.Steps)
		for n := range m.Inner.StepSizes {
			m.Inner.StepSizes[n] = m.Inner.LearningRate
		}
		m.Inner.Prox = Prox{Kind: NonNegativeSoft, Thresholds: make([]float64, 3)}
		o := Outer[float64]{
			Steps: 9, BatchSize: 40, Seed: 7,
			GeneratorRate: 0.01, HeadRate: 0.01, InnerRate: 0.01, LearnSteps: true, LearnThresholds: true,
			Optimizer: optim.Adam{WeightDecay: 0.01}, Schedule: optim.Cosine{}, ClipNorm: 1,
			Augment: func() Augment[float64] {
				return func(x []float64, rng *rand.Rand) { x[0] += 0.1 * rng.NormFloat64() }
			},
			Compute: Compute[float64]{Threads: threads},
		}
		r, err := Fit(context.Background(), m, d, SoftmaxCrossEntropy{}, o)
		if err != nil {
			t.Fatal(err)
		}
		got := append([]float64{r.FinalLoss}, r.LossHistory...)
		for _, p := range append(m.Generator.Parameters(), m.Head.Parameters()...) {
			got = append(got, p.Values...)
		}
		return append(append(got, m.Inner.StepSizes...), m.Inner.Prox.Thresholds...)
	}
	want := train(1)
	for threads := 2; threads <= 5; threads++ {
		for i, v := range train(threads) {
			if v != want[i] {
				t.Fatalf("%d threads: number %d is %v, with one thread %v", threads, i, v, want[i])
			}
		}
	}
}

// TestMiniBatchesSeeEverySampleOnce: the batches of one pass are a partition of
// the data, in another order in the next pass.
func TestMiniBatchesSeeEverySampleOnce(t *testing.T) {
	o := newOrder(50, 20, 3)
	var orders [2][]int
	for pass := range orders {
		for _, want := range []int{20, 20, 10} {
			batch, of := o.draw()
			if len(batch) != want || of != uint64(pass+1) {
				t.Errorf("pass %d: a batch of %d samples, want %d of pass %d", of, len(batch), want, pass+1)
			}
			orders[pass] = append(orders[pass], batch...)
		}
		seen := map[int]bool{}
		for _, sample := range orders[pass] {
			seen[sample] = true
		}
		if len(seen) != 50 {
			t.Errorf("pass %d saw %d of 50 samples", pass, len(seen))
		}
	}
	if fmt.Sprint(orders[0]) == fmt.Sprint(orders[1]) {
		t.Error("two passes have the same order")
	}
}

package inverse

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// lossAndGradients is a trainer's first evaluation.
func lossAndGradients[T Float](t *testing.T, m *Model[T], d Data[T], loss Loss) (float64, []T) {
	t.Helper()
	tr, err := NewTrainer(m, d, loss, Outer[T]{Steps: 1, Compute: Compute[T]{Threads: 2}})
	if err != nil {
		t.Fatal(err)
	}
	l, err := tr.Step(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	var all []T
	for _, p := range tr.update.params {
		all = append(all, p.Grad...)
	}
	return l, all
}

// weighted is a model with a head, and data with labels and targets.
func weighted[T Float](samples int) (*Model[T], Data[T]) {
	rng := rand.New(rand.NewPCG(171, 172))
	random := func(rows, cols int) Matrix[T] {
		return FromFloat64[T](rows, cols, randomMatrix(rng, rows, cols, 1).Data)
	}
	m := &Model[T]{
		Generator: &Linear[T]{W: random(5, 3), Bias: random(1, 5).Data}, Head: &Linear[T]{W: random(4, 3), Bias: random(1, 4).Data},
		Inner: Inner{Steps: 6, LearningRate: 0.02},
	}
	d := Data[T]{X: random(samples, 5), Targets: random(samples, 4), Labels: make([]int, samples)}
	for i := range d.Labels {
		d.Labels[i] = rng.IntN(4)
	}
	return m, d
}

func testWeights[T Float](t *testing.T, allowed float64) {
	const samples = 37
	m, d := weighted[T](samples)
	compare := func(name string, a, b float64, ga, gb []T) {
		t.Helper()
		if !near(a, b, allowed) {
			t.Errorf("%s: loss %v, want %v", name, a, b)
		}
		for i := range ga {
			if !near(float64(ga[i]), float64(gb[i]), 20*allowed) {
				t.Errorf("%s: gradient %d is %v, want %v", name, i, ga[i], gb[i])
			}
		}
	}
	for _, loss := range []Loss{SoftmaxCrossEntropy{0.1}, LogisticCrossEntropy{}, SquaredError{}} {
		plain, gradient := lossAndGradients(t, m, d, loss)
		for _, c := range []float64{1, 0.125, 1e300, 1e308, 1e-300, 3} {
			equal := d
			equal.Weights = slices.Repeat([]float64{c}, samples)
			l, g := lossAndGradients(t, m, equal, loss)
			if l != plain || !slices.Equal(g, gradient) {
				t.Errorf("%v: all weights %v change a bit", loss, c)
			}
		}
		// A weight of 0 leaves a sample out: the mean is over those that stay.
		without, some, none := d, d, make([]float64, samples)
		var stay []int
		for i := range none {
			if i%3 != 1 {
				none[i] = 5
				stay = append(stay, i)
			}
		}
		without.Weights = none
		some.X, some.Targets, some.Labels = rowsOf(d.X, stay), rowsOf(d.Targets, stay), nil
		for _, i := range stay {
			some.Labels = append(some.Labels, d.Labels[i])
		}
		a, ga := lossAndGradients(t, m, without, loss)
		b, gb := lossAndGradients(t, m, some, loss)
		compare(fmt.Sprintf("%v, a weight of 0", loss), a, b, ga, gb)
		// A weight of 2 is the sample twice.
		double, twice := d, d
		double.Weights = slices.Repeat([]float64{1}, samples)
		var rows []int
		for i := range samples {
			rows = append(rows, i)
			if i%4 == 0 {
				double.Weights[i], rows = 2, append(rows, i)
			}
		}
		twice.X, twice.Targets, twice.Labels = rowsOf(d.X, rows), rowsOf(d.Targets, rows), nil
		for _, i := range rows {
			twice.Labels = append(twice.Labels, d.Labels[i])
		}
		a, ga = lossAndGradients(t, m, double, loss)
		b, gb = lossAndGradients(t, m, twice, loss)
		compare(fmt.Sprintf("%v, a weight of 2", loss), a, b, ga, gb)
		if !loss.labelled() {
			continue
		}
		// Class weights are sample weights by label.
		byClass, bySample := d, d
		byClass.ClassWeights = []float64{1e200, 2e200, 0, 5e200}
		byClass.Weights = double.Weights
		bySample.Weights = nil
		for i, label := range d.Labels {
			bySample.Weights = append(bySample.Weights, []float64{1, 2, 0, 5}[label]*double.Weights[i])
		}
		a, ga = lossAndGradients(t, m, byClass, loss)
		b, gb = lossAndGradients(t, m, bySample, loss)
		compare(fmt.Sprintf("%v, class weights", loss), a, b, ga, gb)
	}
}

func rowsOf[T Float](m Matrix[T], rows []int) Matrix[T] {
	out := NewMatrix[T](len(rows), m.Cols)
	for n, i := range rows {
		copy(out.Row(n), m.Row(i))
	}
	return out
}

// TestWeights: equal ones change no bit, 0 leaves a sample out, 2 counts it twice.
func TestWeights(t *testing.T) {
	t.Run("float32", func(t *testing.T) { testWeights[float32](t, 1e-6) })
	t.Run("float64", func(t *testing.T) { testWeights[float64](t, 1e-14) })
}

// TestLossOfOnesOwn: the squared error and the softmax cross entropy as functions are
// the built-in ones, with weights, in batches, on any number of threads.
func TestLossOfOnesOwn(t *testing.T) {
	m, d := weighted[float64](37)
	squared := LossFunc[float64](func(grad, out []float64, sample int) (l float64) {
		for c, o := range out {
			e := o - d.Targets.Row(sample)[c]
			l += e * e
			grad[c] = 2 * e
		}
		return l
	})
	softmax := LossFunc[float64](func(grad, out []float64, sample int) float64 {
		sum, most := 0.0, slices.Max(out)
		for c, o := range out {
			grad[c] = math.Exp(o - most)
			sum += grad[c]
		}
		for c := range grad {
			grad[c] /= sum
		}
		label := d.Labels[sample]
		grad[label]--
		return math.Log(sum) + most - out[label]
	})
	weights := randomMatrix(rand.New(rand.NewPCG(173, 174)), 1, 37, 1).Data
	for i := range weights {
		weights[i] = math.Abs(weights[i])
	}
	for _, d.Weights = range [][]float64{nil, weights} {
		for _, pair := range [][2]Loss{{squared, SquaredError{}}, {softmax, SoftmaxCrossEntropy{}}} {
			for _, batch := range []int{0, 10} {
				history := func(loss Loss) ([]float64, []float64) {
					model := &Model[float64]{Inner: m.Inner}
					g, f := *m.Generator.(*Linear[float64]), *m.Head.(*Linear[float64])
					g.W, f.W, g.Bias, f.Bias = g.W.clone(), f.W.clone(), slices.Clone(g.Bias), slices.Clone(f.Bias)
					model.Generator, model.Head = &g, &f
					r, err := Fit(context.Background(), model, d, loss, Outer[float64]{Steps: 6, GeneratorRate: 0.01, HeadRate: 0.01, BatchSize: batch, Compute: Compute[float64]{Threads: 2}})
					if err != nil {
						t.Fatal(err)
					}
					return append(r.LossHistory, r.FinalLoss), append(g.W.Data, f.W.Data...)
				}
				own, ownWeights := history(pair[0])
				built, builtWeights := history(pair[1])
				compareGradients(t, fmt.Sprintf("%v, batches of %d, losses", pair[1], batch), own, built, 1e-12)
				compareGradients(t, fmt.Sprintf("%v, batches of %d, weights", pair[1], batch), ownWeights, builtWeights, 1e-12)
			}
		}
	}
}

// TestWeightedGradients against finite differences.
func TestWeightedGradients(t *testing.T) {
	m, d := weighted[float64](19)
	d.Weights, d.ClassWeights = make([]float64, 19), []float64{1, 0.5, 3, 0}
	for i := range d.Weights {
		d.Weights[i] = float64(i % 4)
	}
	for _, loss := range []Loss{SoftmaxCrossEntropy{0.2}, LogisticCrossEntropy{0.2}} {
		tr, err := NewTrainer(m, d, loss, Outer[float64]{Steps: 1})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tr.evaluate(context.Background()); err != nil {
			t.Fatal(err)
		}
		checkTrainingGradient(t, m, tr, 1e-5)
	}
}

package inverse

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/inversenet/inversenet/inverse/optim"
	"github.com/inversenet/inversenet/kernels"
)

// trained takes some steps with every optimiser.
func trained(t *testing.T, build func() *Model[float64], o Outer[float64], check func(m, before *Model[float64])) {
	t.Helper()
	for _, o.Optimizer = range []optim.Settings{nil, optim.Momentum{WeightDecay: 0.1}, optim.Adam{WeightDecay: 0.1}} {
		m, before := build(), build()
		rng := rand.New(rand.NewPCG(191, 192))
		d := Data[float64]{X: randomMatrix(rng, 12, m.Generator.Pixels(), 1), Labels: make([]int, 12)}
		o.Steps, o.HeadRate = 5, 0.1
		if _, err := Fit(context.Background(), m, d, SoftmaxCrossEntropy{}, o); err != nil {
			t.Fatal(err)
		}
		check(m, before)
	}
}

func perceptronModel() *Model[float64] {
	rng := rand.New(rand.NewPCG(193, 194))
	return &Model[float64]{
		Generator: randomMLP(rng, kernels.Tanh, 3, 4, 5), Head: randomLinear(rng, 2, 3, true), Inner: Inner{Steps: 3, LearningRate: 0.02},
	}
}

// TestConstraintsHoldForEveryMatrix of the generator, and for nothing else.
func TestConstraintsHoldForEveryMatrix(t *testing.T) {
	trained(t, perceptronModel, Outer[float64]{GeneratorRate: 0.1, Constraint: NonNegative()}, func(m, _ *Model[float64]) {
		for _, layer := range m.Generator.(*MLP[float64]).Layers {
			if slices.Min(layer.W.Data) < 0 || slices.Min(layer.Bias) >= 0 {
				t.Errorf("weights from %v, biases from %v", slices.Min(layer.W.Data), slices.Min(layer.Bias))
			}
		}
		if slices.Min(m.Head.(*Linear[float64]).W.Data) >= 0 {
			t.Error("the head's weights are constrained too")
		}
	})
	norms := func(w Matrix[float64]) (n []float64) {
		for k := range w.Cols {
			sum := 0.0
			for j := range w.Rows {
				sum = math.Hypot(sum, w.Row(j)[k])
			}
			n = append(n, sum)
		}
		return n
	}
	for _, c := range []Constraint{UnitColumns(), ColumnsAtMostOne(), UnitColumns().NonNegative()} {
		trained(t, perceptronModel, Outer[float64]{GeneratorRate: 0.1, Rules: map[string]Rule{"generator.W2": {Rate: 0.1, Constraint: c}}}, func(m, _ *Model[float64]) {
			for _, n := range norms(m.Generator.(*MLP[float64]).Layers[1].W) {
				if n > 1+1e-15 || c != ColumnsAtMostOne() && n < 1-1e-15 {
					t.Errorf("%v: a column of norm %v", c, n)
				}
			}
			if c == UnitColumns().NonNegative() && slices.Min(m.Generator.(*MLP[float64]).Layers[1].W.Data) < 0 {
				t.Errorf("%v: a negative weight", c)
			}
			if n := norms(m.Generator.(*MLP[float64]).Layers[0].W); near(n[0], 1, 1e-9) {
				t.Errorf("%v: W1 is constrained too", c)
			}
		})
	}
}

// TestARateOfZeroTouchesNothing: no constraint, no decay, no rounding.
func TestARateOfZeroTouchesNothing(t *testing.T) {
	for _, o := range []Outer[float64]{
		{Constraint: NonNegative()}, {Constraint: UnitColumns()},
		{GeneratorRate: 1, Rules: map[string]Rule{
			"generator.W1": {Decay: true, Constraint: UnitColumns()}, "generator.b1": {Constraint: LowerBound(5)}, "generator.W2": {}, "generator.b2": {Decay: true},
		}},
	} {
		trained(t, perceptronModel, o, func(m, before *Model[float64]) {
			for i, p := range m.Generator.Parameters() {
				if !slices.Equal(p.Values, before.Generator.Parameters()[i].Values) {
					t.Errorf("%v: %s moved", o.Constraint, p.Name)
				}
			}
			if slices.Equal(m.Head.(*Linear[float64]).W.Data, before.Head.(*Linear[float64]).W.Data) {
				t.Error("the head did not move")
			}
		})
	}
	frozenSteps := func() *Model[float64] {
		m := perceptronModel()
		m.Inner.StepSizes = []float64{0.02, 0.01, 0.03}
		return m
	}
	trained(t, frozenSteps, Outer[float64]{GeneratorRate: 0.1, LearnSteps: true, Constraint: NonNegative()}, func(m, before *Model[float64]) {
		if !slices.Equal(m.Inner.StepSizes, before.Inner.StepSizes) {
			t.Errorf("step sizes %v, were %v", m.Inner.StepSizes, before.Inner.StepSizes)
		}
	})
}

// TestPhysicsWithoutParameters can be trained, under a constraint that has nothing to
// hold: the head's weights and step sizes are not its.
func TestPhysicsWithoutParameters(t *testing.T) {
	build := func() *Model[float64] {
		return &Model[float64]{Generator: &square{3}, Head: randomLinear(rand.New(rand.NewPCG(195, 196)), 2, 3, true), Inner: Inner{Steps: 2, StepSizes: []float64{0.02, 0.02}}}
	}
	trained(t, build, Outer[float64]{GeneratorRate: 1, InnerRate: 0.1, LearnSteps: true, Constraint: NonNegative()}, func(m, _ *Model[float64]) {
		if slices.Min(m.Head.(*Linear[float64]).W.Data) >= 0 {
			t.Error("the head's weights are constrained")
		}
	})
	s, err := NewSolver[float64](&square{3}, Inner{Steps: 2, LearningRate: 0.02}, Compute[float64]{})
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(197, 198))
	x, z0, lambda := randomMatrix(rng, 4, 3, 1), randomMatrix(rng, 4, 3, 1), randomMatrix(rng, 4, 3, 1)
	got := &Gradients[float64]{X: NewMatrix[float64](4, 3), Start: NewMatrix[float64](4, 3)}
	if err := s.Backpropagate(got, lambda, z0, x); err != nil {
		t.Fatal(err)
	}
	checkDerivatives(t, got, &square{3}, Inner{Steps: 2, LearningRate: 0.02}, Compute[float64]{}, lambda, z0, x)
}

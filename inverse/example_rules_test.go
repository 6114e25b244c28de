package inverse_test

import (
	"context"
	"fmt"
	"math"

	"github.com/inversenet/inversenet/inverse"
)

// Settings can be checked before there is a generator. The error says what is
// allowed.
func ExampleInner_Validate() {
	fmt.Println(inverse.Inner{Steps: 3, LearningRate: 0.1}.Validate(2))
	fmt.Println(inverse.Inner{Steps: 3, LearningRate: math.NaN()}.Validate(2))
	fmt.Println(inverse.Inner{Steps: 3, LearningRate: 1, Differentiation: &inverse.OneStep{}}.Validate(2))
	// Output:
	// <nil>
	// inner learning rate: NaN, want a positive number
	// inner differentiation: a pointer, *inverse.OneStep: give the value, one of Unrolled, Truncated, OneStep, Implicit, Forward or Closed, or nil for an exact one
}

// Every parameter has a rate, a weight decay and a constraint; a rule of its own
// replaces what its group has.
func ExampleOuter_Rule() {
	o := inverse.Outer[float64]{
		GeneratorRate: 0.1, HeadRate: 0.5, Constraint: inverse.NonNegative(),
		Rules: map[string]inverse.Rule{"generator.bias": {Rate: 0.01}},
	}
	for _, p := range []struct {
		name  string
		shape []int
	}{{"generator.W", []int{64, 10}}, {"generator.bias", []int{64}}, {"head.W", []int{10, 10}}} {
		r := o.Rule(p.name, p.shape)
		fmt.Println(p.name, "rate", r.Rate, "decay", r.Decay, "constraint", r.Constraint)
	}
	// Output:
	// generator.W rate 0.1 decay true constraint >= 0
	// generator.bias rate 0.01 decay false constraint none
	// head.W rate 0.5 decay true constraint none
}

// atoms trains a dictionary of two atoms under a constraint, and returns their
// norms.
func atoms(c inverse.Constraint) (norms []float64) {
	m := &inverse.Model[float64]{
		Generator: &inverse.Linear[float64]{W: inverse.FromFloat64[float64](3, 2, []float64{1, 0.1, 1, 0.2, 0, 0.3})},
		Inner:     inverse.Inner{Steps: 20, LearningRate: 0.1},
	}
	d := inverse.Data[float64]{X: inverse.FromFloat64[float64](2, 3, []float64{3, 4, 0, 0, 0, 2}), Labels: []int{0, 1}}
	if _, err := inverse.Fit(context.Background(), m, d, inverse.SoftmaxCrossEntropy{}, inverse.Outer[float64]{Steps: 5, GeneratorRate: 0.01, Constraint: c}); err != nil {
		panic(err)
	}
	w := m.Generator.(*inverse.Linear[float64]).W.Transposed()
	for k := range w.Rows {
		var sum float64
		for _, v := range w.Row(k) {
			sum += v * v
		}
		norms = append(norms, math.Sqrt(sum))
	}
	return norms
}

// Atoms of a dictionary have the norm 1, so that their latents can be compared.
func ExampleUnitColumns() {
	fmt.Println(inverse.UnitColumns())
	fmt.Printf("%.6f\n", atoms(inverse.UnitColumns()))
	// Output:
	// columns of norm 1
	// [1.000000 1.000000]
}

// A norm of at most 1 is enough to keep atoms from growing while latents shrink.
func ExampleColumnsAtMostOne() {
	c := inverse.ColumnsAtMostOne().NonNegative()
	fmt.Println(c)
	norms := atoms(c)
	fmt.Println(norms[0] <= 1, norms[1] <= 1)
	// Output:
	// >= 0, columns of norm at most 1
	// true true
}

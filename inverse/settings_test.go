package inverse

import (
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/inversenet/inversenet/inverse/gradcheck"
	"github.com/inversenet/inversenet/inverse/optim"
	"github.com/inversenet/inversenet/kernels"
)

// A settingsCase is a settings struct and where it is looked at.
type settingsCase struct {
	name  string
	value any               // usable
	use   func(any) error   // constructs something with it
	words map[string]string // by field: what an error about it names; see the constants
}

// Of fields all of whose values mean something, and of those that hold settings
// with a case of their own.
const (
	anyValue = "any value"
	ownCase  = "a case of its own"
)

// badFloats are no value of any setting but those of anyValue.
var badFloats = []float64{math.NaN(), math.Inf(1), math.Inf(-1), -1}

func usableModel() (*Model[float64], Data[float64]) {
	g := NewLinear[float64](4, 2, true)
	copy(g.W.Data, []float64{1, 0, 0, 1, 1, 1, 0.5, -1})
	m := &Model[float64]{Generator: g, Inner: Inner{Steps: 3, LearningRate: 0.1}}
	x := NewMatrix[float64](3, 4)
	for i := range x.Data {
		x.Data[i] = float64(i%5) - 1
	}
	return m, Data[float64]{X: x, Labels: []int{0, 1, 0}, Targets: NewMatrix[float64](3, 2)}
}

func useInner(v any) error {
	m, _ := usableModel()
	_, err := NewSolver(m.Generator, v.(Inner), Compute[float64]{})
	return err
}

func useOuter(v any) error {
	m, d := usableModel()
	_, err := NewTrainer(m, d, SoftmaxCrossEntropy{}, v.(Outer[float64]))
	return err
}

func useLoss(v any) error {
	m, d := usableModel()
	_, err := NewTrainer(m, d, v.(Loss), Outer[float64]{Steps: 1})
	return err
}

func useOptimizer(v any) error {
	_, err := optim.New(v.(optim.Settings), []optim.Param[float64]{{Name: "w", Value: []float64{1}, Grad: []float64{1}, Rate: 1}})
	return err
}

func useOptions(v any) error {
	x := []float64{1}
	_, err := gradcheck.FiniteDifference(func(x []float64) float64 { return x[0] }, x, []float64{1}, v.(gradcheck.Options))
	return err
}

func useCompute(v any) error {
	m, _ := usableModel()
	_, err := NewSolver(m.Generator, m.Inner, v.(Compute[float64]))
	return err
}

// inInner makes a use of an Inner that holds the value.
func inInner(set func(in *Inner, v any)) func(any) error {
	return func(v any) error {
		in := Inner{Steps: 3, LearningRate: 0.1}
		set(&in, v)
		return useInner(in)
	}
}

func withDifferentiation(v any) error {
	return inInner(func(in *Inner, v any) { in.Differentiation = v.(Differentiation) })(v)
}

func settingsCases() []settingsCase {
	momentum := inInner(func(in *Inner, v any) { in.Momentum = v.(Momentum) })
	prox := inInner(func(in *Inner, v any) { in.Prox = v.(Prox) })
	return []settingsCase{
		{"Inner", Inner{Steps: 3, LearningRate: 0.1}, useInner, map[string]string{
			"Steps": "inner steps", "LearningRate": "inner learning rate", "Reduction": "inner reduction", "Samples": "inner samples",
			"AutoStep": anyValue, "StepSizes": "inner step size", "Momentum": ownCase, "Prox": ownCase, "Ridge": "inner ridge",
			"Sparse": "inner sparse", "Tolerance": "inner tolerance", "Form": "inner form", "Differentiation": "inner differentiation",
		}},
		{"Momentum", Momentum{HeavyBall, 0.5}, momentum, map[string]string{"Method": "momentum method", "Mu": "momentum μ"}},
		{"Prox soft", Prox{Kind: Soft, Thresholds: []float64{1}}, prox, map[string]string{
			"Kind": "inner prox", "Thresholds": "threshold 0", "Lower": "bounds", "Upper": "bounds",
		}},
		{"Prox box", Prox{Kind: Box, Lower: []float64{-2}, Upper: []float64{2}}, prox, map[string]string{
			"Kind": "inner prox", "Thresholds": "thresholds", "Lower": "lower bound", "Upper": "upper bound",
		}},
		{"Unrolled", Unrolled{}, withDifferentiation, map[string]string{"Checkpoint": anyValue}},
		{"Truncated", Truncated{Steps: 1}, withDifferentiation, map[string]string{"Steps": "truncated differentiation"}},
		{"OneStep", OneStep{}, withDifferentiation, nil},
		{"Implicit", Implicit{}, withDifferentiation, map[string]string{"Tolerance": "implicit differentiation", "Iterations": "implicit differentiation"}},
		{"Forward", Forward{}, withDifferentiation, map[string]string{"Steps": "forward differentiation"}},
		{"Closed", Closed{}, withDifferentiation, nil},
		{"Outer", Outer[float64]{Steps: 3}, useOuter, map[string]string{
			"Steps": "outer steps", "GeneratorRate": "generator learning rate", "HeadRate": "head learning rate",
			"InnerRate": "inner parameters' learning rate", "LearnSteps": anyValue, "LearnThresholds": anyValue,
			"Optimizer": "optimizer", "Schedule": "schedule", "ClipNorm": "norm to clip at", "Constraint": ownCase, "Rules": ownCase,
			"BatchSize": "batch size", "Seed": anyValue, "Augment": anyValue, "Compute": ownCase, "Progress": anyValue,
		}},
		{"Rule", Rule{Rate: 1}, func(v any) error { return useOuter(Outer[float64]{Rules: map[string]Rule{"generator.W": v.(Rule)}}) }, map[string]string{
			"Rate": "learning rate of generator.W", "Decay": anyValue, "Constraint": ownCase,
		}},
		{"Compute", Compute[float64]{}, useCompute, map[string]string{"Threads": "threads", "Kernels": "kernels", "Samples": "samples", "Calls": "calls"}},
		{"Variables", Variables[float64]{}, func(v any) error {
			m, d := usableModel()
			_, err := NewProblem(m, d, SquaredError{}, v.(Variables[float64]))
			return err
		}, map[string]string{
			"FixGenerator": anyValue, "FixHead": anyValue, "LearnSteps": anyValue, "LearnThresholds": anyValue, "Compute": ownCase,
		}},
		{"SoftmaxCrossEntropy", SoftmaxCrossEntropy{}, useLoss, map[string]string{"Smoothing": "label smoothing"}},
		{"LogisticCrossEntropy", LogisticCrossEntropy{}, useLoss, map[string]string{"Smoothing": "label smoothing"}},
		{"SquaredError", SquaredError{}, useLoss, nil},
		{"Data", Data[float64]{}, func(v any) error {
			m, usable := usableModel()
			d := v.(Data[float64])
			d.X, d.Start, d.Labels = usable.X, NewMatrix[float64](3, 2), usable.Labels
			_, err := NewTrainer(m, d, SoftmaxCrossEntropy{}, Outer[float64]{})
			return err
		}, map[string]string{
			"X": ownCase, "Start": ownCase, "Labels": ownCase, "Targets": ownCase, "Weights": "weights", "ClassWeights": "class weights",
		}},
		{"GradientDescent", optim.GradientDescent{}, useOptimizer, map[string]string{"WeightDecay": "WeightDecay"}},
		{"optim.Momentum", optim.Momentum{}, useOptimizer, map[string]string{"Mu": "Momentum.Mu", "Nesterov": anyValue, "WeightDecay": "WeightDecay"}},
		{"Adam", optim.Adam{}, useOptimizer, map[string]string{"Beta1": "Adam.Beta1", "Beta2": "Adam.Beta2", "Eps": "Adam.Eps", "WeightDecay": "WeightDecay"}},
		{"Cosine", optim.Cosine{}, useSchedule, map[string]string{"Final": "Cosine.Final"}},
		{"Constant", optim.Constant{}, useSchedule, nil},
		{"WarmUp", optim.WarmUp{}, useSchedule, map[string]string{"Steps": "WarmUp.Steps", "Then": "WarmUp.Then"}},
		{"gradcheck.Options", gradcheck.Options{}, useOptions, map[string]string{
			"Tolerance": "Tolerance", "Step": "Step", "Noise": "Noise", "Name": anyValue, "Trials": "Trials", "Seed": anyValue,
		}},
	}
}

func useSchedule(v any) error {
	return useOuter(Outer[float64]{Steps: 1, Schedule: v.(optim.Schedule)})
}

// wrong settings of a field, by what each is.
func wrongValues(f reflect.StructField) map[string]any {
	wrong := map[string]any{}
	floats := badFloats
	switch f.Type.Kind() {
	case reflect.Float64:
		for _, v := range floats {
			wrong[fmt.Sprint(v)] = v
		}
	case reflect.Int:
		wrong["-1"] = reflect.ValueOf(-1).Convert(f.Type).Interface()
		if f.Type != reflect.TypeFor[int]() { // an enumeration
			wrong["99"] = reflect.ValueOf(99).Convert(f.Type).Interface()
		}
	case reflect.Slice:
		if f.Type == reflect.TypeFor[[]float64]() {
			size := 3
			if f.Name == "Lower" || f.Name == "Upper" || f.Name == "Thresholds" {
				floats, size = floats[:1], 1 // bounds may be infinite, and negative
			}
			for _, v := range floats {
				wrong[fmt.Sprintf("all %v", v)] = []float64{v, v, v}[:size]
			}
		}
	case reflect.Pointer:
		wrong["made by hand"] = reflect.New(f.Type.Elem()).Interface()
	case reflect.Interface:
		for _, v := range []any{
			&Unrolled{}, (*Unrolled)(nil), struct{ Implicit }{},
			&optim.Adam{}, (*optim.Adam)(nil), struct{ optim.Adam }{}, struct{ optim.Settings }{},
			(*optim.Cosine)(nil), optim.ScheduleFunc(nil), optim.Cosine{Final: math.NaN()}, &optim.WarmUp{Steps: -1}, struct{ optim.Cosine }{optim.Cosine{Final: -1}},
		} {
			if reflect.TypeOf(v).AssignableTo(f.Type) {
				wrong[fmt.Sprintf("%T %v", v, isNil(v))] = v
			}
		}
	}
	return wrong
}

// TestEverySettingIsRefusedByName walks over all fields of all settings structs and
// gives each what is no value of it. A field that has no row here fails.
func TestEverySettingIsRefusedByName(t *testing.T) {
	for _, c := range settingsCases() {
		if err := c.use(c.value); err != nil {
			t.Errorf("%s: usable settings are refused: %v", c.name, err)
		}
		typ := reflect.TypeOf(c.value)
		for i := range typ.NumField() {
			f := typ.Field(i)
			word, listed := c.words[f.Name]
			if !listed {
				t.Errorf("%s.%s has no row in this test: say what an error about it names", c.name, f.Name)
			}
			wrong := wrongValues(f)
			switch {
			case word == anyValue || word == ownCase:
				continue
			case len(wrong) == 0:
				t.Errorf("%s.%s: this test knows no wrong value of a %v", c.name, f.Name, f.Type)
			}
			for what, value := range wrong {
				v := reflect.New(typ).Elem()
				v.Set(reflect.ValueOf(c.value))
				v.Field(i).Set(reflect.ValueOf(value))
				err := c.use(v.Interface())
				if err == nil || !strings.Contains(err.Error(), word) {
					t.Errorf("%s.%s = %s: got the error %v, want one that says %q", c.name, f.Name, what, err, word)
				}
			}
		}
	}
}

// TestSettingsAreValues: a pointer to a settings value, nil or not, and a struct
// that embeds one, are refused where the set of values is closed.
func TestSettingsAreValues(t *testing.T) {
	for _, v := range []Differentiation{
		&Unrolled{}, &Truncated{2}, &OneStep{}, &Implicit{}, &Forward{}, &Closed{},
		(*Unrolled)(nil), (*Truncated)(nil), (*OneStep)(nil), (*Implicit)(nil), (*Forward)(nil), (*Closed)(nil),
		struct{ Unrolled }{}, struct{ Differentiation }{},
	} {
		in := Inner{Steps: 3, LearningRate: 0.1, Differentiation: v}
		m, d := usableModel()
		m.Inner = in
		_, training := NewTrainer(m, d, SoftmaxCrossEntropy{}, Outer[float64]{})
		_, problem := NewProblem(m, d, SoftmaxCrossEntropy{}, Variables[float64]{})
		_, predicted := m.Predict(d.X, Matrix[float64]{}, Compute[float64]{})
		for _, err := range []error{useInner(in), in.Validate(2), training, problem, predicted} {
			if err == nil || !strings.Contains(err.Error(), "inner differentiation") {
				t.Errorf("%T: got the error %v", v, err)
			}
		}
	}
	for _, v := range []Loss{
		nil, &SoftmaxCrossEntropy{}, &LogisticCrossEntropy{}, &SquaredError{}, (*SoftmaxCrossEntropy)(nil), (*LogisticCrossEntropy)(nil), (*SquaredError)(nil),
		struct{ SoftmaxCrossEntropy }{}, struct{ Loss }{}, LossFunc[float64](nil), new(LossFunc[float64]), (*LossFunc[float64])(nil),
		LossFunc[float32](func(_, _ []float32, _ int) float64 { return 0 }),
	} {
		m, d := usableModel()
		_, err := NewTrainer(m, d, v, Outer[float64]{})
		_, problem := NewProblem(m, d, v, Variables[float64]{})
		for _, err := range []error{err, problem} {
			if err == nil || !strings.HasPrefix(err.Error(), "loss: ") {
				t.Errorf("loss %T: got the error %v", v, err)
			}
		}
	}
	for _, v := range []optim.Settings{
		nil, &optim.GradientDescent{}, &optim.Momentum{}, &optim.Adam{}, (*optim.GradientDescent)(nil), (*optim.Momentum)(nil), (*optim.Adam)(nil),
		struct{ optim.Adam }{}, struct{ optim.Settings }{},
	} {
		if _, err := optim.New(v, []optim.Param[float32]{}); err == nil || !strings.Contains(err.Error(), "want GradientDescent, Momentum or Adam") {
			t.Errorf("optimiser %T: got the error %v", v, err)
		}
	}
}

// TestGeneratorsAndHeadsAreChecked: nil, values, and kinds that cannot be inverted
// or read with are errors.
func TestGeneratorsAndHeadsAreChecked(t *testing.T) {
	usable, d := usableModel()
	type notOurs struct{ Generator[float64] }
	wrong := map[string]Generator[float64]{
		"*Linear": (*Linear[float64])(nil), "*Activated": (*Activated[float64])(nil), "*MLP": (*MLP[float64])(nil),
		"*physics": (*secondOrder)(nil), "embedded": notOurs{usable.Generator}, "empty": notOurs{},
	}
	check := func(name, word string, m *Model[float64]) {
		t.Helper()
		_, training := NewTrainer(m, d, SoftmaxCrossEntropy{}, Outer[float64]{})
		_, predicted := m.Predict(d.X, Matrix[float64]{}, Compute[float64]{})
		for _, err := range []error{training, predicted} {
			if err == nil || !strings.Contains(err.Error(), word) {
				t.Errorf("%s %s: got the error %v", word, name, err)
			}
		}
	}
	for name, g := range wrong {
		check(name, "generator", &Model[float64]{Generator: g, Inner: usable.Inner})
		check(name, "head", &Model[float64]{Generator: usable.Generator, Head: g, Inner: usable.Inner})
		if _, err := NewSolver(g, usable.Inner, Compute[float64]{}); err == nil {
			t.Errorf("a solver of %s: no error", name)
		}
	}
	check("nil", "generator", &Model[float64]{Inner: usable.Inner})
	odd := &Activated[float64]{Linear: *NewLinear[float64](4, 2, false), Activation: kernels.Activation(17)}
	check("unknown activation", "generator", &Model[float64]{Generator: odd, Inner: usable.Inner})
	odd = &Activated[float64]{Linear: *NewLinear[float64](2, 2, false), Activation: -1}
	check("unknown activation", "head", &Model[float64]{Generator: usable.Generator, Head: odd, Inner: usable.Inner})
}

// TestConstraintsAreChecked by parameter.
func TestConstraintsAreChecked(t *testing.T) {
	for name, o := range map[string]Outer[float64]{
		"finite bound":      {Constraint: LowerBound(math.NaN())},
		"a finite bound":    {GeneratorRate: 1, Constraint: LowerBound(math.Inf(-1))},
		"want a matrix":     {Rules: map[string]Rule{"generator.bias": {Constraint: UnitColumns()}}},
		"does not have":     {Rules: map[string]Rule{"generator.V": {}}},
		"which the model":   {Rules: map[string]Rule{"inner.log_steps": {}}},
		"generator.bias: -": {Rules: map[string]Rule{"generator.bias": {Rate: -1}}},
	} {
		if err := useOuter(o); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("want an error that says %q, got %v", name, err)
		}
	}
}

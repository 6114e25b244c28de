package optim

import (
	"fmt"
	"math"
	"strings"
	"testing"
)

var allSettings = []Settings{
	GradientDescent{}, GradientDescent{WeightDecay: 0.1},
	Momentum{}, Momentum{Mu: 0.5, Nesterov: true, WeightDecay: 0.1},
	Adam{}, Adam{Beta1: 0.5, Beta2: 0.9, Eps: 1e-3, WeightDecay: 0.1},
}

// two is a pair of parameters, 11 and 2 elements, with gradients that depend on
// the step.
func two[T Float]() []Param[T] {
	p := []Param[T]{
		{Name: "a", Value: make([]T, 11), Grad: make([]T, 11), Rate: 1, Decay: true},
		{Name: "b", Value: []T{3, -4}, Grad: make([]T, 2), Rate: 2},
	}
	for i := range p[0].Value {
		p[0].Value[i] = T(i) - 5
	}
	return p
}

func setGradients[T Float](p []Param[T], step int) {
	for i := range p {
		for j := range p[i].Grad {
			p[i].Grad[j] = T(math.Sin(float64(1 + step + 3*i + 5*j)))
		}
	}
}

func TestContinuesToTheSameBits(t *testing.T) {
	for _, s := range allSettings {
		t.Run(s.String(), func(t *testing.T) {
			whole := two[float32]()
			o := mustNew(t, s, whole)
			var cut []Param[float32]
			var resumed Optimizer[float32]
			for step := range 200 {
				if step == 70 {
					cut = two[float32]()
					for i := range cut {
						copy(cut[i].Value, whole[i].Value)
					}
					resumed = mustNew(t, s, cut)
					if err := resumed.SetState(o.State()); err != nil {
						t.Fatal(err)
					}
				}
				setGradients(whole, step)
				o.Step(whole, 0.01)
				if resumed != nil {
					setGradients(cut, step)
					resumed.Step(cut, 0.01)
				}
			}
			compare(t, cut, whole)
			if resumed.Steps() != 200 {
				t.Errorf("%d steps after resuming, not 200", resumed.Steps())
			}
		})
	}
}

func TestResetStartsAgain(t *testing.T) {
	for _, s := range allSettings {
		t.Run(s.String(), func(t *testing.T) {
			fresh, used := two[float64](), two[float64]()
			o := mustNew(t, s, used)
			setGradients(used, 9)
			o.Step(used, 0.3)
			o.Reset()
			for i := range used {
				copy(used[i].Value, fresh[i].Value)
			}
			first := mustNew(t, s, fresh)
			for step := range 3 {
				setGradients(fresh, step)
				setGradients(used, step)
				first.Step(fresh, 0.1)
				o.Step(used, 0.1)
			}
			compare(t, used, fresh)
		})
	}
}

func compare[T Float](t *testing.T, got, want []Param[T]) {
	t.Helper()
	for i := range want {
		for j, w := range want[i].Value {
			if g := got[i].Value[j]; g != w {
				t.Fatalf("parameter %s, element %d: %v, not %v", want[i].Name, j, g, w)
			}
		}
	}
}

func TestStateIsACopy(t *testing.T) {
	p := two[float64]()
	o := mustNew(t, Adam{}, p)
	before := o.State()
	setGradients(p, 0)
	o.Step(p, 0.1)
	for _, a := range before.Arrays {
		for i, v := range a.Values {
			if v != 0 {
				t.Fatalf("%s[%d] changed to %v with a step", a.Name, i, v)
			}
		}
	}
	var names []string
	for _, a := range before.Arrays {
		names = append(names, a.Name)
	}
	if got, want := strings.Join(names, " "), "first_moment.a first_moment.b second_moment.a second_moment.b"; got != want {
		t.Errorf("arrays %s, not %s", got, want)
	}
}

func TestZeroGradients(t *testing.T) {
	for _, s := range []Settings{GradientDescent{}, Momentum{}, Momentum{Nesterov: true}, Adam{}, Adam{Eps: 1e-300, Beta2: 0.9}} {
		t.Run(s.String(), func(t *testing.T) {
			p, want := two[float32](), two[float32]()
			o := mustNew(t, s, p)
			for range 100 {
				o.Step(p, 0.1)
			}
			compare(t, p, want)
		})
	}
}

// After a gradient that stays away, nothing subnormal is left in the state.
func TestForgetsSubnormalNumbers(t *testing.T) {
	for _, s := range []Settings{Momentum{}, Adam{Beta2: 0.95}} {
		t.Run(s.String(), func(t *testing.T) {
			p := two[float32]()
			o := mustNew(t, s, p)
			for step := range 64 * 40 {
				clear(p[0].Grad)
				clear(p[1].Grad)
				if step == 0 {
					setGradients(p, 0)
				}
				o.Step(p, 1e-3)
			}
			for _, a := range o.State().Arrays {
				for i, v := range a.Values {
					if v != 0 {
						t.Fatalf("%s[%d] is %v", a.Name, i, v)
					}
				}
			}
		})
	}
}

func TestRateAndDecayOfAParameter(t *testing.T) {
	for _, s := range allSettings {
		t.Run(s.String(), func(t *testing.T) {
			p, want := two[float64](), two[float64]()
			p[0].Rate, p[1].Rate = 0, 0
			o := mustNew(t, s, p)
			setGradients(p, 1)
			o.Step(p, 0.1)
			compare(t, p, want)
		})
	}
	t.Run("without Decay", func(t *testing.T) {
		p, want := two[float64](), two[float64]()
		p[0].Decay = false
		o := mustNew(t, Adam{WeightDecay: 0.5}, p)
		o.Step(p, 0.1)
		compare(t, p, want)
	})
}

func TestStepDoesNotAllocate(t *testing.T) {
	for _, s := range allSettings {
		t.Run(s.String(), func(t *testing.T) {
			p := network[float32]()
			o := mustNew(t, s, p)
			if n := testing.AllocsPerRun(70, func() { ClipNorm(p, 1); o.Step(p, 1e-3) }); n != 0 {
				t.Errorf("%v allocations a step", n)
			}
		})
	}
}

func TestNewRefuses(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	ok := Param[float64]{Name: "a", Value: []float64{1}, Grad: []float64{1}, Rate: 1}
	with := func(change func(p *Param[float64])) []Param[float64] {
		p := ok
		change(&p)
		return []Param[float64]{ok, p}
	}
	tests := []struct {
		settings Settings
		params   []Param[float64]
		want     string
	}{
		{nil, nil, "settings are nil"},
		{&Adam{}, nil, "as values"},
		{GradientDescent{WeightDecay: -1}, nil, "WeightDecay is -1"},
		{Momentum{Mu: 1}, nil, "Momentum.Mu is 1, want a number in [0, 1)"},
		{Momentum{Mu: nan}, nil, "Momentum.Mu is NaN"},
		{Momentum{WeightDecay: inf}, nil, "WeightDecay is +Inf"},
		{Adam{Beta1: -0.1}, nil, "Adam.Beta1 is -0.1"},
		{Adam{Beta2: 1}, nil, "Adam.Beta2 is 1"},
		{Adam{Eps: -1}, nil, "Adam.Eps is -1"},
		{Adam{WeightDecay: nan}, nil, "WeightDecay is NaN"},
		{Adam{}, with(func(p *Param[float64]) {}), `two parameters are named "a"`},
		{Adam{}, with(func(p *Param[float64]) { p.Name = "" }), "parameter 1 has no name"},
		{Adam{}, with(func(p *Param[float64]) { p.Name = "b"; p.Grad = nil }), `"b" has 1 values and 0 gradients`},
		{Adam{}, with(func(p *Param[float64]) { p.Name = "b"; p.Rate = -1 }), `"b" has the rate -1`},
	}
	for _, test := range tests {
		t.Run(test.want, func(t *testing.T) {
			_, err := New(test.settings, test.params)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want one with %q", err, test.want)
			}
		})
	}
}

func TestSetStateRefuses(t *testing.T) {
	tests := []struct {
		want   string
		change func(s *State[float64])
	}{
		{`optimiser "momentum", want "adam"`, func(s *State[float64]) { s.Optimizer = "momentum" }},
		{"after -1 steps", func(s *State[float64]) { s.Steps = -1 }},
		{`no array "second_moment.b"`, func(s *State[float64]) { s.Arrays = s.Arrays[:3] }},
		{`two arrays named "first_moment.a"`, func(s *State[float64]) { s.Arrays[3].Name = "first_moment.a" }},
		{"5 arrays, want 4", func(s *State[float64]) { s.Arrays = append(s.Arrays, Array[float64]{Name: "first_moment.c"}) }},
		{`"first_moment.a" has 3 values, want 11`, func(s *State[float64]) { s.Arrays[0].Values = make([]float64, 3) }},
		{`"first_moment.b" has NaN at index 1`, func(s *State[float64]) { s.Arrays[1].Values[1] = math.NaN() }},
		{`"second_moment.b" has -2 at index 0`, func(s *State[float64]) { s.Arrays[3].Values[0] = -2 }},
	}
	for _, test := range tests {
		t.Run(test.want, func(t *testing.T) {
			p := two[float64]()
			o := mustNew(t, Adam{}, p)
			setGradients(p, 0)
			o.Step(p, 0.1)
			before := fmt.Sprint(o.State())
			state := o.State()
			for i := range state.Arrays[0].Values {
				state.Arrays[0].Values[i] = 7
			}
			test.change(&state)
			err := o.SetState(state)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want one with %q", err, test.want)
			}
			if after := fmt.Sprint(o.State()); after != before {
				t.Errorf("the refused state changed the optimiser")
			}
		})
	}
}

func TestStepPanicsBeforeWriting(t *testing.T) {
	tests := []struct {
		want string
		rate float64
		bad  func(p []Param[float64]) []Param[float64]
	}{
		{"rate -1", -1, nil},
		{"rate NaN", math.NaN(), nil},
		{"1 parameters, the optimiser was made for 2", 1, func(p []Param[float64]) []Param[float64] { return p[:1] }},
		{`parameter 1 is "c"`, 1, func(p []Param[float64]) []Param[float64] { p[1].Name = "c"; return p }},
		{"2 values and 1 gradients", 1, func(p []Param[float64]) []Param[float64] { p[1].Grad = p[1].Grad[:1]; return p }},
		{"rate +Inf", 1, func(p []Param[float64]) []Param[float64] { p[1].Rate = math.Inf(1); return p }},
	}
	for _, test := range tests {
		t.Run(test.want, func(t *testing.T) {
			p, want := two[float64](), two[float64]()
			o := mustNew(t, Adam{}, p)
			setGradients(p, 0)
			defer func() {
				if r := fmt.Sprint(recover()); !strings.Contains(r, test.want) {
					t.Errorf("panic %v, want one with %q", r, test.want)
				}
				compare(t, p[:1], want[:1])
				if o.Steps() != 0 {
					t.Error("the refused step was counted")
				}
			}()
			given := append([]Param[float64](nil), p...)
			if test.bad != nil {
				given = test.bad(given)
			}
			o.Step(given, test.rate)
		})
	}
}

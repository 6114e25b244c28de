package inverse

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/inversenet/inversenet/kernels"
)

// calls is what a solver gives: latents, outcomes and gradients.
func calls(t *testing.T, s *Solver[float64], g Generator[float64], z0, x Matrix[float64]) []float64 {
	t.Helper()
	z, st := z0.clone(), Stats{}
	if err := s.InvertContext(t.Context(), z, x, &st); err != nil {
		t.Fatal(err)
	}
	grad := newGradientOf(g)
	got := &Gradients[float64]{Generator: grad, Start: NewMatrix[float64](z0.Rows, z0.Cols), X: NewMatrix[float64](x.Rows, x.Cols), Ridge: new(float64)}
	if err := s.Backpropagate(got, z, z0, x); err != nil {
		t.Fatal(err)
	}
	traced, traceZ := z0.clone(), 0.0
	tr, err := s.Trace(traced, x)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range tr.Loss[len(tr.Loss)-1] {
		traceZ += l
	}
	all := slices.Concat(z.Data, st.Loss, st.Optimality, got.Start.Data, got.X.Data, []float64{*got.Ridge, traceZ}, traced.Data)
	for _, p := range grad.params {
		all = append(all, p.Values...)
	}
	return all
}

// changes are what can happen to the layers of a generator between two calls.
var changes = map[string]func(layer *Linear[float64]){
	"values":                func(l *Linear[float64]) { l.W.Data[1] += 0.25 },
	"one bias":              func(l *Linear[float64]) { l.Bias[len(l.Bias)-1] -= 0.5 },
	"bias replaced":         func(l *Linear[float64]) { l.Bias = []float64{1, -1, 0.5, 2, 0.25}[:len(l.Bias)] },
	"bias taken away":       func(l *Linear[float64]) { l.Bias = nil },
	"bias of zeros":         func(l *Linear[float64]) { l.Bias = make([]float64, l.W.Rows) },
	"weights replaced":      func(l *Linear[float64]) { l.W = l.W.clone(); l.W.Data[2] = 0.125 },
	"the sign of a zero":    func(l *Linear[float64]) { l.W.Data[0] = math.Copysign(0, -1) },
	"nothing":               func(l *Linear[float64]) {},
	"other memory":          func(l *Linear[float64]) { old := l.W; l.W = l.W.clone(); clear(old.Data) },
	"other memory, changed": func(l *Linear[float64]) { old := l.W; l.W = l.W.clone(); clear(old.Data); l.W.Data[3] = 2 },
}

// TestEveryCallTakesOverTheGenerator: after any change a solver gives, to the bit,
// what a new one does; in every form, and for every kind of generator and head.
func TestEveryCallTakesOverTheGenerator(t *testing.T) {
	const pixels, latents, samples = 5, 3, 19
	kinds := map[string]func(rng *rand.Rand) (Generator[float64], []*Linear[float64]){
		"linear": func(rng *rand.Rand) (Generator[float64], []*Linear[float64]) {
			g := randomLinear(rng, pixels, latents, true)
			return g, []*Linear[float64]{g}
		},
		"activated": func(rng *rand.Rand) (Generator[float64], []*Linear[float64]) {
			g := &Activated[float64]{Linear: *randomLinear(rng, pixels, latents, true), Activation: kernels.Sigmoid}
			return g, []*Linear[float64]{&g.Linear}
		},
		"mlp": func(rng *rand.Rand) (Generator[float64], []*Linear[float64]) {
			g := randomMLP(rng, kernels.Tanh, latents, 4, pixels)
			return g, g.Layers
		},
	}
	for kind, build := range kinds {
		for name, in := range map[string]Inner{
			"direct": {Form: DirectForm}, "gram": {Form: GramForm}, "closed": {Form: ClosedForm}, "automatic": {AutoStep: true},
			"tolerance": {AutoStep: true, Tolerance: 0.2, Ridge: 0.1}, "implicit": {Differentiation: Implicit{}, Ridge: 30},
			"implicit, gram": {Differentiation: Implicit{}, Ridge: 1, Form: GramForm},
		} {
			if kind != "linear" && (in.AutoStep || in.Form == GramForm || in.Form == ClosedForm) {
				continue
			}
			in.Steps, in.LearningRate = 9, 0.02
			for change, apply := range changes {
				t.Run(fmt.Sprintf("%s/%s/%s", kind, name, change), func(t *testing.T) {
					rng := rand.New(rand.NewPCG(91, 92))
					g, layers := build(rng)
					layers[0].W.Data[0] = 0
					x, z0 := randomMatrix(rng, samples, pixels, 1), randomMatrix(rng, samples, latents, 1)
					s, err := NewSolver(g, in, Compute[float64]{Threads: 2})
					if err != nil {
						t.Fatal(err)
					}
					calls(t, s, g, z0, x)
					calls(t, s, g, z0, x)
					for _, layer := range layers {
						apply(layer)
					}
					fresh, err := NewSolver(g, in, Compute[float64]{Threads: 2})
					if err != nil {
						t.Fatal(err)
					}
					want := calls(t, fresh, g, z0, x)
					if got := calls(t, s, g, z0, x); !slices.Equal(got, want) {
						t.Errorf("the first call afterwards gives %v, a new solver %v", got, want)
					}
					if got := calls(t, s, g, z0, x); !slices.Equal(got, want) {
						t.Errorf("the second call afterwards gives %v, a new solver %v", got, want)
					}
				})
			}
		}
	}
}

// TestNumbersPutInBetweenCalls: NaN and infinity are found, and the solver is as
// good as before when they are gone; other shapes panic.
func TestNumbersPutInBetweenCalls(t *testing.T) {
	rng := rand.New(rand.NewPCG(93, 94))
	g := randomLinear(rng, 5, 3, true)
	x, z0 := randomMatrix(rng, 4, 5, 1), randomMatrix(rng, 4, 3, 1)
	for _, form := range []Form{DirectForm, GramForm, ClosedForm} {
		s, err := NewSolver(g, Inner{Steps: 4, LearningRate: 0.01, Form: form}, Compute[float64]{})
		if err != nil {
			t.Fatal(err)
		}
		want := calls(t, s, g, z0, x)
		for _, bad := range []float64{math.NaN(), math.Inf(1)} {
			for _, at := range []*float64{&g.W.Data[7], &g.Bias[2], &x.Data[3], &z0.Data[5]} {
				before := *at
				*at = bad
				z := z0.clone()
				var wrong *NonFiniteError
				if err := s.Invert(z, x); !errors.As(err, &wrong) {
					t.Errorf("%v: got the error %v", bad, err)
				}
				if !sameBits(z.Data, z0.Data) {
					t.Error("z was written to")
				}
				if err := s.Backpropagate(&Gradients[float64]{Generator: newGradientOf(g)}, z, z0, x); !errors.As(err, &wrong) {
					t.Errorf("%v: got the error %v", bad, err)
				}
				if _, err := s.Trace(z, x); !errors.As(err, &wrong) {
					t.Errorf("%v: got the error %v", bad, err)
				}
				*at = before
				if got := calls(t, s, g, z0, x); !slices.Equal(got, want) {
					t.Errorf("after %v: %v, before %v", bad, got, want)
				}
			}
		}
		kept := g.W
		for name, w := range map[string]Matrix[float64]{"more": randomMatrix(rng, 6, 3, 1), "fewer": randomMatrix(rng, 4, 3, 1), "transposed": randomMatrix(rng, 3, 5, 1)} {
			g.W = w
			mustPanic(t, name, func() { s.Invert(z0.clone(), x) })
			g.Bias = nil
			mustPanic(t, name+" without bias", func() { s.Invert(z0.clone(), x) })
			g.W, g.Bias = kept, make([]float64, 5)
		}
		g.Bias = randomMatrix(rng, 1, 5, 1).Data
	}
}

func sameBits(a, b []float64) bool {
	return slices.EqualFunc(a, b, func(a, b float64) bool { return math.Float64bits(a) == math.Float64bits(b) })
}

func mustPanic(t *testing.T, name string, f func()) (value any) {
	t.Helper()
	defer func() {
		t.Helper()
		if value = recover(); value == nil {
			t.Errorf("%s: no panic", name)
		}
	}()
	f()
	return nil
}

// TestTrainingTakesOverTheModel: parameters, step sizes and thresholds that were
// replaced between two iterations are those of the next.
func TestTrainingTakesOverTheModel(t *testing.T) {
	rng := rand.New(rand.NewPCG(95, 96))
	g := randomLinear(rng, 5, 3, true)
	head := randomLinear(rng, 2, 3, true)
	thresholds := []float64{0.01, 0.02, 0.03}
	m := &Model[float64]{Generator: g, Head: head, Inner: Inner{Steps: 2, StepSizes: []float64{0.02, 0.03}, Prox: Prox{Kind: Soft, Thresholds: thresholds}}}
	d := Data[float64]{X: randomMatrix(rng, 19, 5, 1), Labels: make([]int, 19)}
	o := Outer[float64]{Steps: 9, GeneratorRate: 0.01, HeadRate: 0.01, InnerRate: 0.01, LearnSteps: true, LearnThresholds: true}
	tr, err := NewTrainer(m, d, SoftmaxCrossEntropy{}, o)
	if err != nil {
		t.Fatal(err)
	}
	step := func(tr *Trainer[float64]) float64 {
		t.Helper()
		loss, err := tr.Step(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		return loss
	}
	step(tr)
	for name, change := range map[string]func(){
		"weights":          func() { g.W = g.W.clone(); g.W.Data[0] += 0.5 },
		"bias":             func() { g.Bias = []float64{1, 2, 3, 4, 5} },
		"head":             func() { head.W = head.W.clone(); head.W.Data[0] += 1; head.Bias = []float64{1, -1} },
		"head altogether":  func() { m.Head = randomLinear(rng, 2, 3, true) },
		"generator":        func() { m.Generator = randomLinear(rng, 5, 3, true) },
		"a step size":      func() { m.Inner.StepSizes[1] = 0.05 },
		"all step sizes":   func() { m.Inner.StepSizes = []float64{0.01, 0.04} },
		"a threshold":      func() { m.Inner.Prox.Thresholds[2] = 0.5 },
		"all thresholds":   func() { m.Inner.Prox.Thresholds = []float64{0.1, 0, 0.2} },
		"nothing":          func() {},
		"weights in place": func() { m.Generator.Parameters()[0].Values[1] = 0.75 },
	} {
		change()
		copied := &Model[float64]{Generator: &Linear[float64]{}, Head: &Linear[float64]{}, Inner: m.Inner.clone()}
		*copied.Generator.(*Linear[float64]) = Linear[float64]{W: m.Generator.(*Linear[float64]).W.clone(), Bias: slices.Clone(m.Generator.(*Linear[float64]).Bias)}
		*copied.Head.(*Linear[float64]) = Linear[float64]{W: m.Head.(*Linear[float64]).W.clone(), Bias: slices.Clone(m.Head.(*Linear[float64]).Bias)}
		fresh, err := NewTrainer(copied, d, SoftmaxCrossEntropy{}, o)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := step(tr), step(fresh); got != want {
			t.Errorf("%s: loss %v, a new trainer's %v", name, got, want)
		}
		for i, p := range m.Generator.Parameters() {
			compareGradients(t, name, p.Values, copied.Generator.Parameters()[i].Values, 0)
		}
		compareGradients(t, name+", step sizes", m.Inner.StepSizes, copied.Inner.StepSizes, 1e-15)
		compareGradients(t, name+", thresholds", m.Inner.Prox.Thresholds, copied.Inner.Prox.Thresholds, 1e-15)
	}
	for name, bad := range map[string]func(){
		"step size": func() { m.Inner.StepSizes[0] = math.NaN() }, "threshold": func() { m.Inner.Prox.Thresholds[0] = -1 },
	} {
		before := m.Inner.clone()
		bad()
		if _, err := tr.Step(context.Background()); err == nil {
			t.Errorf("a bad %s: no error", name)
		}
		m.Inner = before
	}
	g2 := randomLinear(rng, 5, 3, false)
	m.Generator = g2
	mustPanic(t, "a bias taken away", func() { tr.Step(context.Background()) })
}

package inverse

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/inversenet/inversenet/inverse/optim"
	"github.com/inversenet/inversenet/kernels"
)

// TestZeroWeights: what NewLinear returns, with automatic steps, leaves latents at the
// prox of the start, in every form and for both element types.
func TestZeroWeights(t *testing.T) {
	t.Run("float32", testZeroWeights[float32])
	t.Run("float64", testZeroWeights[float64])
}

func testZeroWeights[T Float](t *testing.T) {
	x, z0 := FromFloat64[T](2, 4, []float64{1, 2, 3, 4, 5, 6, 7, 8}), FromFloat64[T](2, 2, []float64{0.5, -1.5, 2.5, -0.25})
	for name, c := range map[string]struct {
		in   Inner
		want []float64
	}{
		"free":         {Inner{}, []float64{0.5, -1.5, 2.5, -0.25}},
		"non-negative": {Inner{Prox: Prox{Kind: NonNegativeLatents}}, []float64{0.5, 0, 2.5, 0}},
		"box":          {Inner{Prox: Prox{Kind: Box, Lower: []float64{-1}, Upper: []float64{1}}}, []float64{0.5, -1, 1, -0.25}},
		"tolerance":    {Inner{Tolerance: 1e-6}, []float64{0.5, -1.5, 2.5, -0.25}},
		"momentum":     {Inner{Momentum: Momentum{HeavyBall, 0.9}}, []float64{0.5, -1.5, 2.5, -0.25}},
		"ridge":        {Inner{Ridge: 0.5}, []float64{0, 0, 0, 0}},
	} {
		for _, form := range forms(c.in) {
			c.in.Steps, c.in.AutoStep, c.in.Form = 5, true, form
			s, err := NewSolver[T](NewLinear[T](4, 2, true), c.in, Compute[T]{})
			if err != nil {
				t.Fatal(err)
			}
			z, st := z0.clone(), Stats{}
			if err := s.InvertContext(t.Context(), z, x, &st); err != nil {
				t.Errorf("%s, %v: %v", name, form, err)
			}
			for i, want := range c.want {
				rounding := 0.0
				if form == ClosedForm {
					rounding = 1e-6
				}
				if math.Abs(float64(z.Data[i])-want) > rounding {
					t.Errorf("%s, %v: latents %v, want %v", name, form, z.Data, c.want)
				}
			}
			grad := NewLinear[T](4, 2, true)
			if err := s.Backpropagate(&Gradients[T]{Generator: grad}, z0, z0, x); err != nil {
				t.Errorf("%s, %v: %v", name, form, err)
			}
		}
	}
}

// TestStepsOutOfRange: weights and rates so large or small that a step is no number of
// the element type are an error before anything moves; huge data are a divergence.
func TestStepsOutOfRange(t *testing.T) {
	x, z := FromFloat64[float32](1, 2, []float64{1, 2}), NewMatrix[float32](1, 2)
	for _, c := range []struct {
		w, rate float64
		auto    bool
	}{{1e25, 0, true}, {1e-25, 0, true}, {1, 1e39, false}, {1, 1e-50, false}} {
		g := &Linear[float32]{W: FromFloat64[float32](2, 2, []float64{c.w, 0, 0, c.w})}
		for _, form := range []Form{DirectForm, GramForm, ClosedForm} {
			s, err := NewSolver[float32](g, Inner{Steps: 3, LearningRate: c.rate, AutoStep: c.auto, Form: form}, Compute[float32]{})
			if err != nil {
				t.Fatal(err)
			}
			before := z.clone()
			err = s.Invert(z, x)
			if err == nil || !strings.Contains(err.Error(), "inner step") {
				t.Errorf("%+v, %v: got the error %v", c, form, err)
			}
			if !slices.Equal(z.Data, before.Data) {
				t.Errorf("%+v, %v: z was written to", c, form)
			}
		}
	}
}

// TestProblemRefusesAutomaticSteps, on which its loss would depend.
func TestProblemRefusesAutomaticSteps(t *testing.T) {
	m, d := usableModel()
	m.Inner.AutoStep = true
	if _, err := NewProblem(m, d, SquaredError{}, Variables[float64]{}); err == nil || !strings.Contains(err.Error(), "automatic step sizes") {
		t.Errorf("got the error %v", err)
	}
}

// TestTraceOfManyRows: what Trace gives after N steps is what Invert gives, in every
// form, for any size.
func TestTraceOfManyRows(t *testing.T) {
	for _, in := range []Inner{{Momentum: Momentum{Method: FISTA}}, {}, {Form: ClosedForm}, {Form: GramForm}, {Form: DirectForm}, {Tolerance: 1e-3}} {
		for _, samples := range []int{1, 17, 40_000} {
			if samples > 17 && in.Momentum.Method != FISTA {
				continue
			}
			rng := rand.New(rand.NewPCG(161, 162))
			g := randomLinear(rng, 16, 64, false)
			x := randomMatrix(rng, samples, 16, 1)
			in.Steps, in.AutoStep = 10, true
			s, err := NewSolver[float64](g, in, Compute[float64]{})
			if err != nil {
				t.Fatal(err)
			}
			z, want := NewMatrix[float64](samples, 64), NewMatrix[float64](samples, 64)
			tr, err := s.Trace(z, x)
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Invert(want, x); err != nil {
				t.Fatal(err)
			}
			allowed := 0.0
			if s.Form() == ClosedForm {
				allowed = 1e-13
			}
			compareGradients(t, "trace", z.Data, want.Data, allowed)
			compareGradients(t, "path", tr.Path[10].Data, z.Data, 0)
			if len(tr.Loss) != 11 || tr.Loss[10][0] > tr.Loss[0][0] {
				t.Errorf("losses of the first sample: %v", tr.Loss[0][:1])
			}
		}
	}
}

// TestOutputsThatOverflow are an error, for every kind of head.
func TestOutputsThatOverflow(t *testing.T) {
	g := &Linear[float32]{W: FromFloat64[float32](2, 2, []float64{1, 0, 0, 1})}
	head := &Linear[float32]{W: FromFloat64[float32](2, 2, []float64{3e38, 3e38, 3e38, -3e38})}
	x := FromFloat64[float32](1, 2, []float64{30, 30})
	for name, f := range map[string]Generator[float32]{
		"linear": head, "activated": &Activated[float32]{Linear: *head, Activation: kernels.Softplus},
		"mlp": &MLP[float32]{Layers: []*Linear[float32]{head, head}, Activation: kernels.ReLU},
	} {
		m := &Model[float32]{Generator: g, Head: f, Inner: Inner{Steps: 50, LearningRate: 0.2}}
		var wrong *NonFiniteError
		if _, err := m.Predict(x, Matrix[float32]{}, Compute[float32]{}); !errors.As(err, &wrong) {
			t.Errorf("%s: got the error %v", name, err)
		}
	}
}

// TestUpdatesThatOverflow: gradients and updates that leave float32 are a
// DivergenceError with model and optimiser as before; what is frozen is not touched.
func TestUpdatesThatOverflow(t *testing.T) {
	huge := func() (*Model[float32], Data[float32]) {
		g := &Linear[float32]{W: FromFloat64[float32](1, 1, []float64{1e-5})}
		m := &Model[float32]{Generator: g, Inner: Inner{Steps: 1000, LearningRate: 5e5, Form: ClosedForm}}
		return m, Data[float32]{X: FromFloat64[float32](1, 1, []float64{1e5}), Targets: FromFloat64[float32](1, 1, []float64{-5e24})}
	}
	mild := func() (*Model[float32], Data[float32]) {
		g := &Linear[float32]{W: FromFloat64[float32](1, 1, []float64{1})}
		m := &Model[float32]{Generator: g, Inner: Inner{Steps: 3, LearningRate: 0.1}}
		return m, Data[float32]{X: FromFloat64[float32](1, 1, []float64{1}), Targets: FromFloat64[float32](1, 1, []float64{2})}
	}
	for name, c := range map[string]struct {
		build func() (*Model[float32], Data[float32])
		o     Outer[float32]
	}{
		"gradient":           {huge, Outer[float32]{}},
		"update":             {mild, Outer[float32]{GeneratorRate: 1e39}},
		"momentum's update":  {mild, Outer[float32]{GeneratorRate: 1e39, Optimizer: optim.Momentum{}}},
		"nesterov's update":  {mild, Outer[float32]{GeneratorRate: 1e39, Optimizer: optim.Momentum{Nesterov: true}}},
		"adam's update":      {mild, Outer[float32]{GeneratorRate: 3e38, Optimizer: optim.Adam{}, Rules: map[string]Rule{"generator.W": {Rate: 1e300}}}},
		"a schedule's":       {mild, Outer[float32]{GeneratorRate: 1e10, Optimizer: optim.Adam{}, Schedule: optim.ScheduleFunc(func(int, int) float64 { return 1e300 })}},
		"adam's square":      {steep, Outer[float32]{GeneratorRate: 1, Optimizer: optim.Adam{}}},
		"a step size's":      {mild, Outer[float32]{InnerRate: 1e6, LearnSteps: true}},
		"step sizes by adam": {mild, Outer[float32]{InnerRate: 1e6, LearnSteps: true, Optimizer: optim.Adam{}}},
	} {
		m, d := c.build()
		c.o.Steps = 5
		if c.o.LearnSteps {
			m.Inner.StepSizes = []float64{0.1, 0.1, 0.1}
		}
		tr, err := NewTrainer(m, d, SquaredError{}, c.o)
		if err != nil {
			t.Fatal(name, err)
		}
		before, sizes := tr.State(), slices.Clone(m.Inner.StepSizes)
		var diverged *DivergenceError
		if _, err := tr.Step(context.Background()); !errors.As(err, &diverged) || diverged.Iteration != 0 {
			t.Errorf("%s: got the error %v", name, err)
			continue
		}
		after := tr.State()
		for i, p := range before.Parameters {
			if !slices.Equal(after.Parameters[i].Values, p.Values) {
				t.Errorf("%s: %s is %v, was %v", name, p.Name, after.Parameters[i].Values, p.Values)
			}
		}
		for i, p := range before.Optimizer.Arrays {
			if !slices.Equal(after.Optimizer.Arrays[i].Values, p.Values) {
				t.Errorf("%s: the optimiser's %s is %v, was %v", name, p.Name, after.Optimizer.Arrays[i].Values, p.Values)
			}
		}
		if after.Optimizer.Steps != 0 || !slices.Equal(m.Inner.StepSizes, sizes) {
			t.Errorf("%s: %d steps, step sizes %v", name, after.Optimizer.Steps, m.Inner.StepSizes)
		}
		if err := tr.Restore(after); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// steep is a model whose gradient is finite in float32, and its square is not.
func steep() (*Model[float32], Data[float32]) {
	g := &Linear[float32]{W: FromFloat64[float32](1, 1, []float64{1e-3})}
	m := &Model[float32]{Generator: g, Inner: Inner{Steps: 1, LearningRate: 1}}
	return m, Data[float32]{X: FromFloat64[float32](1, 1, []float64{1e12}), Targets: FromFloat64[float32](1, 1, []float64{-1e12})}
}

// TestGoalsThatNobodyAskedFor are not looked at, and those that are missing or of
// another number are refused by name.
func TestGoalsThatNobodyAskedFor(t *testing.T) {
	m, d := usableModel()
	extra := d
	extra.Labels = []int{99}
	if _, err := NewTrainer(m, extra, SquaredError{}, Outer[float64]{}); err != nil {
		t.Errorf("labels beside a squared error: %v", err)
	}
	extra = d
	extra.Targets = NewMatrix[float64](17, 1)
	if tr, err := NewTrainer(m, extra, SoftmaxCrossEntropy{}, Outer[float64]{Steps: 1, BatchSize: 2}); err != nil {
		t.Errorf("targets beside a cross entropy: %v", err)
	} else if _, err := tr.Step(context.Background()); err != nil {
		t.Errorf("targets beside a cross entropy: %v", err)
	}
	none := LossFunc[float64](func(_, _ []float64, _ int) float64 { return 0 })
	if _, err := NewTrainer(m, Data[float64]{X: d.X, Labels: []int{-1}, Targets: NewMatrix[float64](1, 9)}, none, Outer[float64]{}); err != nil {
		t.Errorf("goals beside a loss of one's own: %v", err)
	}
	for word, c := range map[string]struct {
		labels []int
		loss   Loss
	}{
		"2 labels for 3 samples": {[]int{0, 1}, SoftmaxCrossEntropy{}}, "0 labels": {nil, LogisticCrossEntropy{}},
		"label 2 of row 1": {[]int{0, 2, 0}, SoftmaxCrossEntropy{}}, "label -1 of row 0": {[]int{-1, 0, 0}, LogisticCrossEntropy{}},
	} {
		bad := d
		bad.Labels = c.labels
		if _, err := NewTrainer(m, bad, c.loss, Outer[float64]{}); err == nil || !strings.Contains(err.Error(), word) {
			t.Errorf("want an error that says %q, got %v", word, err)
		}
	}
	for _, targets := range []Matrix[float64]{{}, NewMatrix[float64](2, 2), NewMatrix[float64](3, 1)} {
		bad := d
		bad.Targets = targets
		mustPanic(t, "targets of another shape", func() { NewTrainer(m, bad, SquaredError{}, Outer[float64]{}) })
	}
	for name, bad := range map[string]Data[float64]{
		"no samples": {X: NewMatrix[float64](0, 4)}, "X: row": {X: FromFloat64[float64](1, 4, []float64{0, math.NaN(), 0, 0}), Labels: []int{0}},
		"Start: row":                   {X: d.X, Labels: d.Labels, Start: FromFloat64[float64](3, 2, []float64{0, 0, 0, 0, math.Inf(1), 0})},
		"class weights go with labels": {X: d.X, Targets: d.Targets, ClassWeights: []float64{1, 1}},
		"of all samples are 0":         {X: d.X, Labels: d.Labels, Weights: []float64{0, 0, 0}},
		"2 weights for 3 samples":      {X: d.X, Labels: d.Labels, Weights: []float64{1, 1}},
	} {
		loss := Loss(SoftmaxCrossEntropy{})
		if bad.Targets.Rows > 0 {
			loss = SquaredError{}
		}
		if _, err := NewTrainer(m, bad, loss, Outer[float64]{}); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("want an error that says %q, got %v", name, err)
		}
	}
}

// TestStatesThatNoTrainingIsIn are refused, and change nothing.
func TestStatesThatNoTrainingIsIn(t *testing.T) {
	m, d := usableModel()
	for _, batch := range []int{0, 2} {
		tr, err := NewTrainer(m, d, SoftmaxCrossEntropy{}, Outer[float64]{Steps: 9, GeneratorRate: 0.1, BatchSize: batch, Optimizer: optim.Adam{}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tr.Step(context.Background()); err != nil {
			t.Fatal(err)
		}
		good := tr.State()
		for name, spoil := range map[string]func(s *State[float64]){
			"pass 0 and nothing seen": func(s *State[float64]) { s.Pass, s.Seen, s.Step, s.Optimizer.Steps = 0, 0, 0, 0 },
			"after a step, no pass":   func(s *State[float64]) { s.Pass, s.Seen = 0, 3 },
			"seen too many":           func(s *State[float64]) { s.Pass, s.Seen = 1, 4 },
			"seen fewer than none":    func(s *State[float64]) { s.Pass, s.Seen = 1, -1 },
			"a pass with none":        func(s *State[float64]) { s.Pass, s.Seen = 2, 0 },
			"a negative step":         func(s *State[float64]) { s.Step, s.Optimizer.Steps = -1, -1 },
			"steps apart":             func(s *State[float64]) { s.Step = 7 },
			"NaN":                     func(s *State[float64]) { s.Parameters[0].Values[0] = math.NaN() },
			"twice":                   func(s *State[float64]) { s.Parameters[1] = s.Parameters[0] },
			"fewer":                   func(s *State[float64]) { s.Parameters = s.Parameters[:1] },
			"short":                   func(s *State[float64]) { s.Parameters[0].Values = s.Parameters[0].Values[1:] },
			"another optimiser":       func(s *State[float64]) { s.Optimizer.Optimizer = "momentum" },
			"negative squares":        func(s *State[float64]) { s.Optimizer.Arrays[2].Values[0] = -1; s.Optimizer.Arrays[3].Values[0] = -1 },
		} {
			if batch == 0 && name == "pass 0 and nothing seen" {
				continue // which it is, for all data at once
			}
			bad := tr.State()
			spoil(&bad)
			if err := tr.Restore(bad); err == nil {
				t.Errorf("batches of %d, %s: no error", batch, name)
			}
			if now := tr.State(); !slices.Equal(now.Parameters[0].Values, good.Parameters[0].Values) || now.Step != good.Step || now.Pass != good.Pass || now.Seen != good.Seen {
				t.Errorf("batches of %d, %s: the training moved", batch, name)
			}
		}
	}
}

// allocated is how many bytes f allocates.
func allocated(f func()) float64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return float64(after.TotalAlloc - before.TotalAlloc)
}

// TestMemoryIsByWhatThereIs: a hundred million steps in the closed form, and more
// threads than panels, take next to nothing.
func TestMemoryIsByWhatThereIs(t *testing.T) {
	rng := rand.New(rand.NewPCG(163, 164))
	g := randomLinear(rng, 4, 2, true)
	x, z := randomMatrix(rng, 64, 4, 1), NewMatrix[float64](64, 2)
	for _, in := range []Inner{{Steps: 1e8}, {Steps: 1e8, Momentum: Momentum{Nesterov, 0.5}}, {Steps: 50, Form: GramForm}, {Steps: 50, Form: DirectForm}} {
		if in.Form == Auto {
			in.Form = ClosedForm
		}
		in.LearningRate = 0.2 / g.LambdaMax()
		for _, threads := range []int{1, 20_000} {
			bytes := allocated(func() {
				s, err := NewSolver[float64](g, in, Compute[float64]{Threads: threads})
				if err != nil {
					t.Fatal(err)
				}
				if err := s.Invert(z, x); err != nil {
					t.Fatal(err)
				}
				if err := s.Backpropagate(&Gradients[float64]{StepSizes: make([]float64, 1)}, z, z, x); err != nil {
					t.Fatal(err)
				}
				m := &Model[float64]{Generator: g, Inner: in}
				tr, err := NewTrainer(m, Data[float64]{X: x, Targets: NewMatrix[float64](64, 2)}, SquaredError{}, Outer[float64]{Steps: 1, Compute: Compute[float64]{Threads: threads}})
				if err != nil {
					t.Fatal(err)
				}
				if _, err := tr.Step(context.Background()); err != nil {
					t.Fatal(err)
				}
			})
			if bytes > 3e6 {
				t.Errorf("%v, %d threads: %.1f MB", in.Form, threads, bytes/1e6)
			}
		}
	}
}

// TestDivergenceNamesItsCause: the inner step, outside of training, and no rate that
// is not there.
func TestDivergenceNamesItsCause(t *testing.T) {
	rng := rand.New(rand.NewPCG(165, 166))
	linear := randomLinear(rng, 4, 2, true)
	ones := &Linear[float64]{W: FromFloat64[float64](4, 2, []float64{1, 1, 1, 1, 1, 1, 1, 1})}
	x, z0 := randomMatrix(rng, 3, 4, 1), randomMatrix(rng, 3, 2, 1)
	for name, c := range map[string]struct {
		g    Generator[float64]
		in   Inner
		x    Matrix[float64]
		want string
	}{
		"too long a step":  {linear, Inner{Steps: 5000, LearningRate: 10}, x, "exceeds the largest safe step"},
		"user's physics":   {&square{2}, Inner{Steps: 5000, LearningRate: 10}, z0, "lower the inner learning rate"},
		"data too large":   {ones, Inner{Steps: 50, AutoStep: true, Form: GramForm}, FromFloat64[float64](1, 4, []float64{1.7e308, 1.7e308, 1.7e308, 1.7e308}), "scale them down"},
		"heavy ball":       {linear, Inner{Steps: 9000, LearningRate: 10, Momentum: Momentum{HeavyBall, 0.9}}, x, "exceeds the largest safe step"},
		"nesterov, closed": {linear, Inner{Steps: 9000, LearningRate: 10, Form: ClosedForm, Momentum: Momentum{Nesterov, 0.9}}, x, "exceeds the largest safe step"},
	} {
		s, err := NewSolver(c.g, c.in, Compute[float64]{})
		if err != nil {
			t.Fatal(err)
		}
		z := NewMatrix[float64](c.x.Rows, 2)
		for i := range z.Data {
			z.Data[i] = 1.5
		}
		err = s.Invert(z, c.x)
		var e *DivergenceError
		if !errors.As(err, &e) || e.Iteration != -1 || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "outer") || strings.Contains(err.Error(), "NaN") {
			t.Errorf("%s: got the error %v", name, err)
		}
	}
}

// TestEmptyMatrices have a dense form, rows and copies.
func TestEmptyMatrices(t *testing.T) {
	for _, m := range []Matrix[float64]{{}, NewMatrix[float64](0, 3), NewMatrix[float64](3, 0)} {
		if r, c := m.Dense().Dims(); r != 0 || c != 0 {
			t.Errorf("%d×%d: dense %d×%d", m.Rows, m.Cols, r, c)
		}
		m.Transposed()
		m.Slice(0, 0)
	}
	if got := Classes(NewMatrix[float64](0, 3)); len(got) != 0 {
		t.Errorf("classes of no rows: %v", got)
	}
	if !math.IsNaN(Accuracy(NewMatrix[float64](0, 3), nil)) {
		t.Error("an accuracy without rows")
	}
	g := randomLinear(rand.New(rand.NewPCG(167, 168)), 4, 2, true)
	g.Generate(NewMatrix[float64](0, 4), NewMatrix[float64](0, 2))
	m := &Model[float64]{Generator: g, Head: randomLinear(rand.New(rand.NewPCG(1, 2)), 3, 2, true), Inner: Inner{Steps: 2, LearningRate: 0.1, Reduction: MeanAll}}
	for _, m.Inner.Form = range []Form{DirectForm, GramForm, ClosedForm} {
		if out, err := m.Predict(NewMatrix[float64](0, 4), Matrix[float64]{}, Compute[float64]{}); err != nil || out.Rows != 0 {
			t.Errorf("predict nothing: %v", err)
		}
	}
}

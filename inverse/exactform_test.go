package inverse

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/inversenet/inversenet/internal/arrayfile"
	"github.com/inversenet/inversenet/inverse/internal/engine"
	"github.com/inversenet/inversenet/kernels"
)

// inEveryTable runs a test in both element types on every instruction set.
func inEveryTable(t *testing.T, narrow func(t *testing.T, c Compute[float32]), wide func(t *testing.T, c Compute[float64])) {
	t.Helper()
	t.Run("float64", func(t *testing.T) { onEveryISA(t, wide) })
	t.Run("float32", func(t *testing.T) {
		onEveryISA(t, func(t *testing.T, c Compute[float64]) {
			table, err := kernels.For[float32](c.Kernels.ISA())
			if err != nil {
				t.Fatal(err)
			}
			narrow(t, Compute[float32]{Kernels: table, Threads: c.Threads})
		})
	})
}

// goldenMinimum is a problem of which other libraries found the minimisers.
func goldenMinimum(t testing.TB, name string) (w, x, z Matrix[float64], in Inner) {
	t.Helper()
	read := func(array string) Matrix[float64] {
		table, err := arrayfile.Read[float64]("internal/activeset/testdata/"+name+".npz", arrayfile.Options{Array: array})
		if err != nil {
			t.Fatal(err)
		}
		return FromFloat64[float64](table.Rows, table.Columns, table.Samples)
	}
	in = Inner{Form: ExactForm, Prox: Prox{Kind: NonNegativeLatents}}
	if strings.HasPrefix(name, "lasso") {
		in.Prox, in.Sparse = Prox{}, 0.1
	}
	return read("W"), read("X"), read("latents"), in
}

func objective[T Float](w Matrix[float64], bias []T, x, z []T, in Inner) (f float64) {
	for j := range w.Rows {
		e := -float64(x[j])
		if bias != nil {
			e += float64(bias[j])
		}
		for k, v := range w.Row(j) {
			e += v * float64(z[k])
		}
		f += e * e / 2
	}
	for _, v := range z {
		f += in.Ridge*float64(v)*float64(v)/2 + in.Sparse*math.Abs(float64(v))
	}
	return f
}

// TestExactGolden: the minimisers that SciPy and SPAMS found, to a gradient of 1e-9.
func TestExactGolden(t *testing.T) {
	inEveryTable(t, func(t *testing.T, c Compute[float32]) { testExactGolden(t, c, 1e-5) }, func(t *testing.T, c Compute[float64]) { testExactGolden(t, c, 1e-9) })
}

func testExactGolden[T Float](t *testing.T, c Compute[T], allowed float64) {
	for _, name := range []string{"nnls-dK100", "nnls-dK256", "lasso-dK256"} {
		w, x, want, in := goldenMinimum(t, name)
		wt, xt := FromFloat64[T](w.Rows, w.Cols, w.Data), FromFloat64[T](x.Rows, x.Cols, x.Data)
		s, err := NewSolver(&Linear[T]{W: wt}, in, c)
		if err != nil {
			t.Fatal(err)
		}
		var st Stats
		z := NewMatrix[T](x.Rows, w.Cols)
		if err := s.InvertContext(context.Background(), z, xt, &st); err != nil {
			t.Fatal(err)
		}
		for i := range x.Rows {
			size, worst, support := 0.0, 0.0, 0
			for k, v := range want.Row(i) {
				if math.Abs(v) > 1e-8 {
					support++
				}
				size, worst = max(size, math.Abs(v)), max(worst, math.Abs(v-float64(z.Row(i)[k])))
			}
			best := objective(w, nil, x.Row(i), want.Row(i), in)
			// A gradient of 1e-9 leaves the golden latents of the lasso some 3e-9 off.
			if own := 1e-8; worst > max(allowed, own)*size {
				t.Errorf("%s, sample %d: latents differ by %.2g of %.2g", name, i, worst, size)
			}
			if f := objective(w, nil, xt.Row(i), z.Row(i), in); math.Abs(f-best) > allowed*best || math.Abs(st.Loss[i]/2-best) > allowed*best {
				t.Errorf("%s, sample %d: objective %.15g, by Stats %.15g, want %.15g", name, i, f, st.Loss[i]/2, best)
			}
			if st.Status[i] != Converged || st.Gap[i] > allowed/1e2*best || st.Optimality[i] > allowed || st.Support[i] != support || st.Iterations[i] < support {
				t.Errorf("%s, sample %d: %v, gap %g, residual %g, support %d, %d pivots", name, i, st.Status[i], st.Gap[i], st.Optimality[i], st.Support[i], st.Iterations[i])
			}
		}
	}
}

// exactCases are problems for the exact form.
func exactCases(latents int) map[string]Inner {
	lower, upper := make([]float64, latents), make([]float64, latents)
	for k := range latents {
		lower[k], upper[k] = -0.3-0.1*float64(k%4), 0.2+0.1*float64(k%3)
	}
	box := Prox{Kind: Box, Lower: lower, Upper: upper}
	cases := map[string]Inner{
		"free":                 {},
		"ridge":                {Ridge: 0.3},
		"non-negative":         {Prox: Prox{Kind: NonNegativeLatents}},
		"non-negative, ridge":  {Prox: Prox{Kind: NonNegativeLatents}, Ridge: 0.2},
		"non-negative, sparse": {Prox: Prox{Kind: NonNegativeLatents}, Sparse: 0.3},
		"lasso":                {Sparse: 0.4},
		"elastic net":          {Sparse: 0.4, Ridge: 0.2},
		"box":                  {Prox: box},
		"one box":              {Prox: Prox{Kind: Box, Lower: []float64{-0.1}, Upper: []float64{math.Inf(1)}}},
		"box, sparse":          {Prox: box, Sparse: 0.3, Ridge: 0.1},
	}
	for name, in := range cases {
		in.Form = ExactForm
		cases[name] = in
	}
	return cases
}

// awkward are matrices that have caught solvers out.
func awkward(rng *rand.Rand) map[string]Matrix[float64] {
	wide, deficient, zero, twice := randomMatrix(rng, 4, 9, 1), randomMatrix(rng, 7, 5, 1), randomMatrix(rng, 6, 4, 1), randomMatrix(rng, 6, 5, 1)
	for j := range 7 {
		deficient.Row(j)[4] = deficient.Row(j)[0] + deficient.Row(j)[1]
	}
	for j := range 6 {
		zero.Row(j)[2] = 0
		twice.Row(j)[3] = twice.Row(j)[0]
		twice.Row(j)[4] = -2 * twice.Row(j)[1]
	}
	return map[string]Matrix[float64]{
		"tall": randomMatrix(rng, 9, 4, 1), "wide": wide, "rank-deficient": deficient, "a zero column": zero, "twice": twice,
		"all zero": NewMatrix[float64](3, 2), "one": randomMatrix(rng, 1, 1, 1), "huge": randomMatrix(rng, 6, 4, 1e100), "tiny": randomMatrix(rng, 6, 4, 1e-100),
	}
}

// TestExactIsTheMinimum: whatever W is, the latents are feasible, and the gap says
// that no others are better.
func TestExactIsTheMinimum(t *testing.T) {
	onEveryISA(t, func(t *testing.T, c Compute[float64]) {
		rng := rand.New(rand.NewPCG(1, 2))
		matrices := awkward(rng)
		for _, what := range slices.Sorted(maps.Keys(matrices)) {
			w := matrices[what]
			g := &Linear[float64]{W: w, Bias: randomMatrix(rng, 1, w.Rows, 0.3).Data}
			cases := exactCases(w.Cols)
			for _, name := range slices.Sorted(maps.Keys(cases)) {
				in := cases[name]
				if strings.Contains("huge tiny", what) && (in.Sparse > 0 || in.Ridge > 0 || in.Prox.Kind == Box) {
					continue // the scale decides who wins
				}
				for _, samples := range []int{0, 1, c.Kernels.Width() + 1} {
					testMinimum(t, fmt.Sprintf("%s, %s, %d samples", what, name, samples), g, in, c, randomMatrix(rng, samples, w.Rows, 1))
				}
				testMinimum(t, what+", "+name+", x = 0", g, in, c, NewMatrix[float64](2, w.Rows))
			}
		}
	})
}

func testMinimum(t *testing.T, name string, g *Linear[float64], in Inner, c Compute[float64], x Matrix[float64]) {
	t.Helper()
	s, err := NewSolver(g, in, c)
	if err != nil {
		t.Fatal(name, err)
	}
	z, st := NewMatrix[float64](x.Rows, g.Latents()), Stats{}
	if err := s.InvertContext(context.Background(), z, x, &st); err != nil {
		t.Fatal(name, err)
	}
	if len(st.Gap) != x.Rows {
		t.Fatalf("%s: gaps of %d samples, want %d", name, len(st.Gap), x.Rows)
	}
	for i := range x.Rows {
		norm := 2 * objective(NewMatrix[float64](g.Pixels(), g.Latents()), g.Bias, x.Row(i), z.Row(i), Inner{})
		bounded := in.Ridge > 0 || in.Prox.Kind != Free || in.Sparse > 0
		if st.Status[i] != Converged || bounded && !(st.Gap[i] <= 1e-12*norm) {
			t.Errorf("%s: sample %d: %v, gap %g, ‖x − b‖² = %g", name, i, st.Status[i], st.Gap[i], norm)
		}
		if d := math.Abs(st.Loss[i]/2 - objective(g.W, g.Bias, x.Row(i), z.Row(i), in)); !(d <= 1e-12*norm) {
			t.Errorf("%s: sample %d: the loss is off by %g", name, i, d)
		}
		for k, v := range z.Row(i) {
			if in.Prox.Kind == NonNegativeLatents && v < 0 || in.Prox.Kind == Box && (v < engine.PerLatent(in.Prox.Lower, k) || v > engine.PerLatent(in.Prox.Upper, k)) {
				t.Errorf("%s: sample %d: latent %d is %v", name, i, k, v)
			}
		}
	}
}

// TestExactIsWhereStepsLead compares with many steps.
func TestExactIsWhereStepsLead(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	g := randomLinear(rng, 9, 6, true)
	x := randomMatrix(rng, 5, 9, 1)
	for name, in := range exactCases(6) {
		if in.Prox.Kind == Box && in.Sparse > 0 {
			continue // steps have no such prox
		}
		exact, steps := NewMatrix[float64](5, 6), NewMatrix[float64](5, 6)
		stepping := in
		stepping.Form, stepping.Steps, stepping.AutoStep = GramForm, 20000, true
		for z, in := range map[*Matrix[float64]]Inner{&exact: in, &steps: stepping} {
			s, err := NewSolver(g, in, Compute[float64]{})
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Invert(*z, x); err != nil {
				t.Fatal(err)
			}
		}
		for i, v := range exact.Data {
			if math.Abs(v-steps.Data[i]) > 1e-10 {
				t.Errorf("%s: latent %d is %.12g, steps lead to %.12g", name, i, v, steps.Data[i])
			}
		}
	}
}

// TestExactDoesNotDependOnTheBatch: the same bits alone, anywhere in a batch, and
// for any number of threads, from zero and from elsewhere; latents and gradients.
func TestExactDoesNotDependOnTheBatch(t *testing.T) {
	onEveryISA(t, func(t *testing.T, c Compute[float64]) {
		const samples, latents = 21, 7
		rng := rand.New(rand.NewPCG(5, 6))
		g := randomLinear(rng, 11, latents, true)
		x, lambda := randomMatrix(rng, samples, 11, 1), randomMatrix(rng, samples, latents, 1)
		cases := exactCases(latents)
		for _, name := range slices.Sorted(maps.Keys(cases)) {
			in := cases[name]
			for _, scale := range []float64{0, 1} {
				z0 := randomMatrix(rng, samples, latents, scale)
				run := func(threads, from, to int) (z, dx Matrix[float64], grad []float64) {
					c.Threads = threads
					s, err := NewSolver(g, in, c)
					if err != nil {
						t.Fatal(err)
					}
					z, dx = z0.Slice(from, to).clone(), NewMatrix[float64](to-from, 11)
					dw := newGradientOf(g)
					if err := s.Invert(z, x.Slice(from, to)); err != nil {
						t.Fatal(err)
					}
					if err := s.Backpropagate(&Gradients[float64]{Generator: dw, X: dx}, lambda.Slice(from, to), z0.Slice(from, to), x.Slice(from, to)); err != nil {
						t.Fatal(err)
					}
					return z, dx, append([]float64(nil), dw.Parameters()[0].Values...)
				}
				z, dx, grad := run(1, 0, samples)
				for i := range samples {
					alone, dxAlone, _ := run(1, i, i+1)
					mustEqual(t, name+": latents alone", alone.Data, z.Row(i))
					mustEqual(t, name+": ∂L/∂x alone", dxAlone.Data, dx.Row(i))
				}
				for _, threads := range []int{2, 5} {
					zt, dxt, gradt := run(threads, 0, samples)
					mustEqual(t, name+": latents", zt.Data, z.Data)
					mustEqual(t, name+": ∂L/∂x", dxt.Data, dx.Data)
					mustEqual(t, name+": ∂L/∂W", gradt, grad)
				}
			}
		}
	})
}

func mustEqual[T Float](t *testing.T, name string, got, want []T) {
	t.Helper()
	for i, v := range got {
		if v != want[i] {
			t.Fatalf("%s: element %d is %v, want %v", name, i, v, want[i])
		}
	}
}

// TestExactAllocatesNothing once its memory is there, also where weights change.
func TestExactAllocatesNothing(t *testing.T) {
	n := newNotebook[float32](t)
	n.model.Inner = Inner{Form: ExactForm, Prox: Prox{Kind: NonNegativeLatents}, Ridge: 0.1}
	solver, err := NewSolver(n.model.Generator, n.model.Inner, Compute[float32]{})
	if err != nil {
		t.Fatal(err)
	}
	tr, err := NewTrainer(n.model, n.data, SoftmaxCrossEntropy{}, Outer[float32]{GeneratorRate: 1e-3})
	if err != nil {
		t.Fatal(err)
	}
	z, lambda, grad, st := n.data.Start.clone(), n.data.Start.clone(), NewLinear[float32](64, 10, false), Stats{}
	for name, call := range map[string]func() error{
		"Solver.InvertContext": func() error { return solver.InvertContext(context.Background(), z, n.data.X, &st) },
		"Solver.Backpropagate": func() error {
			return solver.Backpropagate(&Gradients[float32]{Generator: grad}, lambda, n.data.Start, n.data.X)
		},
		"Trainer.Step": func() error { _, err := tr.Step(context.Background()); return err },
	} {
		var failed error
		run := func() { failed = errors.Join(failed, call()) }
		run()
		run()
		if got := testing.AllocsPerRun(5, run); got != 0 || failed != nil {
			t.Errorf("%s: %v allocations, error %v", name, got, failed)
		}
	}
}

// TestExactFollowsTheWeights: changed in place, replaced, and changed in the bias
// alone.
func TestExactFollowsTheWeights(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	g := randomLinear(rng, 8, 5, true)
	x := randomMatrix(rng, 4, 8, 1)
	in := exactCases(5)["elastic net"]
	kept, err := NewSolver(g, in, Compute[float64]{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		change func()
	}{
		{"nothing", func() {}},
		{"in place", func() { g.W.Data[3] += 0.5 }},
		{"replaced", func() { g.W = randomMatrix(rng, 8, 5, 1) }},
		{"bias", func() { g.Bias[2]++ }},
		{"no bias", func() { g.Bias = nil }},
	} {
		c.change()
		fresh, err := NewSolver(g, in, Compute[float64]{})
		if err != nil {
			t.Fatal(err)
		}
		got, want := NewMatrix[float64](4, 5), NewMatrix[float64](4, 5)
		if err := errors.Join(kept.Invert(got, x), fresh.Invert(want, x)); err != nil {
			t.Fatal(err)
		}
		mustEqual(t, c.name, got.Data, want.Data)
	}
}

// TestExactRefuses settings that mean nothing to it, by name.
func TestExactRefuses(t *testing.T) {
	for word, in := range map[string]Inner{
		"use Sparse":          {Prox: Prox{Kind: Soft, Thresholds: []float64{1}}},
		"NonNegativeLatents":  {Prox: Prox{Kind: NonNegativeSoft, Thresholds: []float64{1}}},
		"momentum":            {Momentum: Momentum{Method: FISTA}},
		"tolerance":           {Tolerance: 1e-6},
		"step sizes":          {Steps: 2, StepSizes: []float64{1, 1}},
		"automatic step":      {AutoStep: true},
		"unrolled":            {Differentiation: Unrolled{}},
		"truncated":           {Steps: 3, Differentiation: Truncated{Steps: 2}},
		"one step":            {Differentiation: OneStep{}},
		"forward":             {Differentiation: Forward{}},
		"closed":              {Differentiation: Closed{}},
		"implicit":            {Differentiation: Implicit{Tolerance: math.NaN()}},
		"inner steps: -1":     {Steps: -1},
		"inner learning rate": {LearningRate: math.NaN()},
		"inner ridge":         {Ridge: math.Inf(1)},
		"lower bound":         {Prox: Prox{Kind: Box, Lower: []float64{1}, Upper: []float64{0}}},
	} {
		in.Form = ExactForm
		if err := useInner(in); err == nil || !strings.Contains(err.Error(), word) {
			t.Errorf("want an error that says %q, got %v", word, err)
		}
	}
	in := Inner{Form: ExactForm}
	mlp := NewMLP[float64]([]int{2, 3, 4}, kernels.Tanh, rand.New(rand.NewPCG(1, 1)))
	if _, err := NewSolver(Generator[float64](mlp), in, Compute[float64]{}); err == nil || !strings.Contains(err.Error(), "linear generators") {
		t.Errorf("a generator that is not linear: got the error %v", err)
	}
	m, d := usableModel()
	m.Inner = in
	s, err := NewSolver(m.Generator, in, Compute[float64]{})
	if err != nil {
		t.Fatal(err)
	}
	z := NewMatrix[float64](3, 2)
	if _, err := s.Trace(z, d.X); err == nil || !strings.Contains(err.Error(), "no steps") {
		t.Errorf("a trace: got the error %v", err)
	}
	for word, g := range map[string]*Gradients[float64]{"step sizes": {StepSizes: []float64{0}}, "thresholds": {Thresholds: []float64{0, 0}}, "sparse": {Sparse: new(float64)}} {
		if err := s.Backpropagate(g, z, z.clone(), d.X); err == nil || !strings.Contains(err.Error(), word) {
			t.Errorf("a gradient in %s: got the error %v", word, err)
		}
	}
}

// TestExactRefusesNumbers that it cannot minimise with.
func TestExactRefusesNumbers(t *testing.T) {
	for name, c := range map[string]struct {
		w, x float64
		is   func(err error) bool
	}{
		"NaN in x":    {1, math.NaN(), func(err error) bool { return errors.As(err, new(*NonFiniteError)) }},
		"∞ in W":      {math.Inf(1), 1, func(err error) bool { return errors.As(err, new(*NonFiniteError)) }},
		"W too large": {1e200, 1, func(err error) bool { return err != nil && strings.Contains(err.Error(), "column 1") }},
		"W too small": {1e-200, 1, func(err error) bool { return err != nil && strings.Contains(err.Error(), "column 1") }},
		"Wᵀx too large": {1e10, 1e305, func(err error) bool {
			var d *DivergenceError
			return errors.As(err, &d) && d.Step == 0 && strings.Contains(err.Error(), "not finite")
		}},
	} {
		g := NewLinear[float64](2, 2, false)
		g.W.Data = []float64{1, c.w, 0, c.w}
		s, err := NewSolver(g, Inner{Form: ExactForm}, Compute[float64]{})
		if err != nil {
			t.Fatal(err)
		}
		x, z := NewMatrix[float64](1, 2), NewMatrix[float64](1, 2)
		x.Data[0], x.Data[1] = c.x, c.x
		err = s.Invert(z, x)
		if !c.is(err) {
			t.Errorf("%s: got the error %v", name, err)
		}
		if back := s.Backpropagate(&Gradients[float64]{Generator: NewLinear[float64](2, 2, false)}, NewMatrix[float64](1, 2), NewMatrix[float64](1, 2), x); !c.is(back) {
			t.Errorf("%s, back: got the error %v", name, back)
		}
	}
}

// TestExactEndsWithItsContext: samples that were not reached keep their starts.
func TestExactEndsWithItsContext(t *testing.T) {
	w, x, _, in := goldenMinimum(t, "nnls-dK256")
	many := NewMatrix[float64](50*x.Rows, x.Cols)
	for i := range many.Rows {
		copy(many.Row(i), x.Row(i%x.Rows))
	}
	s, err := NewSolver(&Linear[float64]{W: w}, in, Compute[float64]{Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	whole := NewMatrix[float64](many.Rows, w.Cols)
	if err := s.Invert(whole, many); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	z, st := NewMatrix[float64](many.Rows, w.Cols), Stats{}
	time.AfterFunc(5*time.Millisecond, cancel)
	err = s.InvertContext(ctx, z, many, &st)
	for i := range many.Rows {
		want := make([]float64, w.Cols)
		if st.Status[i] == Converged {
			want = whole.Row(i)
		} else if st.Status[i] != Interrupted || !errors.Is(err, context.Canceled) {
			t.Fatalf("sample %d: %v, error %v", i, st.Status[i], err)
		}
		mustEqual(t, fmt.Sprintf("sample %d, %v", i, st.Status[i]), z.Row(i), want)
	}
	if err := s.InvertContext(ctx, z, many, nil); err == nil && ctx.Err() != nil {
		t.Error("a context that has ended: no error")
	}
}

// TestExactBoundsAreLatents: float32 latents do not leave a box whose bounds
// float32 does not have.
func TestExactBoundsAreLatents(t *testing.T) {
	g := NewLinear[float32](1, 1, false)
	g.W.Data[0] = 1
	for _, bound := range []float64{0.1, 0.3, 1e-3, 1e300} {
		s, err := NewSolver(g, Inner{Form: ExactForm, Prox: Prox{Kind: Box, Lower: []float64{-bound}, Upper: []float64{bound}}}, Compute[float32]{})
		if err != nil {
			t.Fatal(err)
		}
		z, st := NewMatrix[float32](1, 1), Stats{}
		if err := s.InvertContext(context.Background(), z, FromFloat64[float32](1, 1, []float64{100}), &st); err != nil {
			t.Fatal(err)
		}
		if z.Data[0] != min(100, float32(bound)) || st.Optimality[0] != 0 || st.Gap[0] != 0 {
			t.Errorf("bound %v: %v, residual %g, gap %g", bound, z.Data[0], st.Optimality[0], st.Gap[0])
		}
	}
}

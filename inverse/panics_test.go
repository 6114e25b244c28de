package inverse

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/inversenet/inversenet/inverse/optim"
)

// failing is a user's physics that fails at one of its calls.
type failing struct {
	tangential
	calls atomic.Int64
	at    int64
	fail  func()
	where string
}

func (g *failing) count(where string) {
	if where == g.where && g.calls.Add(1) == g.at {
		g.fail()
	}
}

func (g *failing) Forward(x, z []float64) { g.count("forward"); g.tangential.Forward(x, z) }

func (g *failing) Gradient(dz, z, r []float64) { g.count("gradient"); g.tangential.Gradient(dz, z, r) }

func (g *failing) Differentiate(dz []float64, dparams [][]float64, z, r, v []float64) {
	g.count("differentiate")
	g.tangential.Differentiate(dz, dparams, z, r, v)
}

func (g *failing) Tangent(dx, z, v []float64) { g.count("tangent"); g.tangential.Tangent(dx, z, v) }

func newFailing(rng *rand.Rand, where string, at int64, fail func()) *failing {
	g := &failing{at: at, fail: fail, where: where}
	g.w, g.b = randomMatrix(rng, 5, 3, 1), randomMatrix(rng, 1, 5, 1).Data
	return g
}

// settleGoroutines waits until there are no more goroutines than before.
func settleGoroutines(t *testing.T, before int) {
	t.Helper()
	for range 200 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Errorf("%d goroutines, %d before", runtime.NumGoroutine(), before)
}

// TestPanicsReachTheCaller: whatever of a user's code panics, in whatever call, on
// any number of goroutines: the caller gets the value, nobody goes on, and the next
// call is as good as any.
func TestPanicsReachTheCaller(t *testing.T) {
	const samples = 400
	in := Inner{Steps: 4, LearningRate: 0.05}
	run := func(t *testing.T, threads int, where string, call func(s *Solver[float64], z0, x Matrix[float64]) error) {
		t.Helper()
		rng := rand.New(rand.NewPCG(101, 102))
		value := errors.New("the user's own")
		g := newFailing(rng, where, 150, func() { panic(value) })
		x, z0 := randomMatrix(rng, samples, 5, 1), randomMatrix(rng, samples, 3, 1)
		s, err := NewSolver(g, in, Compute[float64]{Threads: threads})
		if err != nil {
			t.Fatal(err)
		}
		before := runtime.NumGoroutine()
		if got := mustPanic(t, where, func() { call(s, z0, x) }); got != value {
			t.Errorf("the panic is %v, want the user's value", got)
		}
		after := g.calls.Load()
		time.Sleep(2 * time.Millisecond)
		if now := g.calls.Load(); now != after {
			t.Errorf("%d calls after the panic had reached the caller", now-after)
		}
		settleGoroutines(t, before)
		if err := call(s, z0, x); err != nil {
			t.Errorf("the call afterwards: %v", err)
		}
		got, want := z0.clone(), z0.clone()
		fresh, err := NewSolver[float64](&g.tangential, in, Compute[float64]{})
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(s.Invert(got, x), fresh.Invert(want, x)); err != nil {
			t.Error(err)
		}
		compareGradients(t, "afterwards", got.Data, want.Data, 0)
	}
	for _, threads := range []int{1, 2, 8} {
		for _, where := range []string{"forward", "gradient"} {
			t.Run(fmt.Sprintf("invert/%s/%d", where, threads), func(t *testing.T) {
				run(t, threads, where, func(s *Solver[float64], z0, x Matrix[float64]) error { return s.Invert(z0.clone(), x) })
			})
			t.Run(fmt.Sprintf("stats/%s/%d", where, threads), func(t *testing.T) {
				run(t, threads, where, func(s *Solver[float64], z0, x Matrix[float64]) error {
					return s.InvertContext(context.Background(), z0.clone(), x, &Stats{})
				})
			})
			t.Run(fmt.Sprintf("trace/%s/%d", where, threads), func(t *testing.T) {
				run(t, threads, where, func(s *Solver[float64], z0, x Matrix[float64]) error {
					_, err := s.Trace(z0.clone(), x)
					return err
				})
			})
		}
		for _, where := range []string{"forward", "gradient", "differentiate", "tangent"} {
			t.Run(fmt.Sprintf("backpropagate/%s/%d", where, threads), func(t *testing.T) {
				run(t, threads, where, func(s *Solver[float64], z0, x Matrix[float64]) error {
					return s.Backpropagate(&Gradients[float64]{X: NewMatrix[float64](x.Rows, x.Cols)}, z0, z0, x)
				})
			})
		}
	}
}

// TestPanicsOfTraining: losses, augmentations, schedules, progress and physics.
func TestPanicsOfTraining(t *testing.T) {
	rng := rand.New(rand.NewPCG(103, 104))
	data := Data[float64]{X: randomMatrix(rng, 400, 5, 1)}
	square := func(grad, out []float64, _ int) (l float64) {
		for i, o := range out {
			l += o * o
			grad[i] = 2 * o
		}
		return l
	}
	var armed atomic.Bool
	for _, threads := range []int{1, 2, 8} {
		for name, set := range map[string]func(o *Outer[float64], loss *LossFunc[float64], fail func()){
			"loss": func(_ *Outer[float64], loss *LossFunc[float64], fail func()) {
				*loss = func(grad, out []float64, sample int) float64 {
					if sample == 333 {
						fail()
					}
					return square(grad, out, sample)
				}
			},
			"augment": func(o *Outer[float64], _ *LossFunc[float64], fail func()) {
				o.Augment = func() Augment[float64] { return func([]float64, *rand.Rand) { fail() } }
			},
			"schedule": func(o *Outer[float64], _ *LossFunc[float64], fail func()) {
				o.Schedule = optim.ScheduleFunc(func(int, int) float64 { fail(); return 1 })
			},
		} {
			t.Run(fmt.Sprintf("%s/%d", name, threads), func(t *testing.T) {
				g := randomLinear(rand.New(rand.NewPCG(105, 106)), 5, 3, true)
				m := &Model[float64]{Generator: g, Inner: Inner{Steps: 3, LearningRate: 0.01}}
				o := Outer[float64]{Steps: 3, GeneratorRate: 0.01, Compute: Compute[float64]{Threads: threads}}
				loss := LossFunc[float64](square)
				set(&o, &loss, func() {
					if armed.Load() {
						panic("the user's own")
					}
				})
				tr, err := NewTrainer(m, data, loss, o)
				if err != nil {
					t.Fatal(err)
				}
				before, w := runtime.NumGoroutine(), g.W.clone()
				armed.Store(true)
				if got := mustPanic(t, name, func() { tr.Step(context.Background()) }); got != "the user's own" {
					t.Errorf("the panic is %v", got)
				}
				armed.Store(false)
				settleGoroutines(t, before)
				compareGradients(t, "weights", g.W.Data, w.Data, 0)
				if _, err := tr.Step(context.Background()); err != nil {
					t.Errorf("the step afterwards: %v", err)
				}
			})
		}
	}
}

// TestCodeThatEndsItsGoroutine is no silent success.
func TestCodeThatEndsItsGoroutine(t *testing.T) {
	rng := rand.New(rand.NewPCG(107, 108))
	g := newFailing(rng, "forward", 40, runtime.Goexit)
	x, z0 := randomMatrix(rng, 400, 5, 1), randomMatrix(rng, 400, 3, 1)
	s, err := NewSolver(g, Inner{Steps: 4, LearningRate: 0.05}, Compute[float64]{Threads: 4})
	if err != nil {
		t.Fatal(err)
	}
	before := runtime.NumGoroutine()
	ended := make(chan any)
	go func() {
		returned := false
		defer func() {
			value := recover()
			if returned {
				value = "returned"
			}
			ended <- value
		}()
		s.Invert(z0.clone(), x)
		returned = true
	}()
	if v := <-ended; v == "returned" {
		t.Error("Invert returned as if nothing had happened")
	}
	settleGoroutines(t, before)
	if err := s.Invert(z0.clone(), x); err != nil {
		t.Error(err)
	}
}

// TestNumbersThatUsersReturn: NaN of a user's code is a divergence, of a schedule an
// error, with the model as it was.
func TestNumbersThatUsersReturn(t *testing.T) {
	rng := rand.New(rand.NewPCG(109, 110))
	data := Data[float64]{X: randomMatrix(rng, 40, 5, 1)}
	nan := math.NaN()
	good := LossFunc[float64](func(grad, out []float64, _ int) float64 { grad[0] = out[0]; return out[0] * out[0] / 2 })
	for name, c := range map[string]struct {
		loss LossFunc[float64]
		o    Outer[float64]
		word string
	}{
		"loss":              {func(_, _ []float64, _ int) float64 { return nan }, Outer[float64]{}, "diverged"},
		"loss +Inf":         {func(_, _ []float64, _ int) float64 { return math.Inf(1) }, Outer[float64]{}, "diverged"},
		"its gradient":      {func(g, _ []float64, _ int) float64 { g[1] = nan; return 0 }, Outer[float64]{}, "diverged"},
		"augmented":         {good, Outer[float64]{Augment: func() Augment[float64] { return func(x []float64, _ *rand.Rand) { x[0] = nan } }}, "diverged"},
		"schedule NaN":      {good, Outer[float64]{Schedule: optim.ScheduleFunc(func(int, int) float64 { return nan })}, "schedule's factor for iteration 0"},
		"schedule negative": {good, Outer[float64]{Schedule: optim.ScheduleFunc(func(int, int) float64 { return -1 })}, "schedule's factor"},
		"schedule infinite": {good, Outer[float64]{Schedule: optim.ScheduleFunc(func(int, int) float64 { return math.Inf(1) })}, "schedule's factor"},
		"user's cosine":     {good, Outer[float64]{Schedule: optim.Cosine{Final: nan}}, "Cosine.Final"},
	} {
		for _, optimizer := range []optim.Settings{optim.GradientDescent{}, optim.Momentum{}, optim.Adam{}} {
			g := randomLinear(rand.New(rand.NewPCG(111, 112)), 5, 3, true)
			m := &Model[float64]{Generator: g, Inner: Inner{Steps: 3, LearningRate: 0.01}}
			c.o.Steps, c.o.GeneratorRate, c.o.Optimizer = 3, 0.01, optimizer
			w := g.W.clone()
			_, err := Fit(context.Background(), m, data, c.loss, c.o)
			if err == nil || !strings.Contains(err.Error(), c.word) {
				t.Errorf("%s: got the error %v, want one that says %q", name, err, c.word)
			}
			compareGradients(t, name, g.W.Data, w.Data, 0)
		}
	}
}

// TestContexts that end before, during and after calls.
func TestContexts(t *testing.T) {
	rng := rand.New(rand.NewPCG(113, 114))
	x, z0 := randomMatrix(rng, 64, 5, 1), randomMatrix(rng, 64, 3, 1)
	for _, threads := range []int{1, 2, 8} {
		ctx, cancel := context.WithCancel(context.Background())
		g := newFailing(rng, "gradient", 100, cancel)
		s, err := NewSolver(g, Inner{Steps: 1_000_000, LearningRate: 1e-3}, Compute[float64]{Threads: threads})
		if err != nil {
			t.Fatal(err)
		}
		var st Stats
		before := runtime.NumGoroutine()
		if err := s.InvertContext(ctx, z0.clone(), x, &st); !errors.Is(err, context.Canceled) {
			t.Errorf("ended during the call: %v", err)
		}
		interrupted := 0
		for i, status := range st.Status {
			if status == Interrupted {
				interrupted++
			} else if status != MaxSteps || st.Iterations[i] != 1_000_000 {
				t.Errorf("sample %d: %v after %d steps", i, status, st.Iterations[i])
			}
		}
		if interrupted == 0 {
			t.Error("no sample was interrupted")
		}
		settleGoroutines(t, before)
		calls := g.calls.Load()
		if err := s.InvertContext(ctx, z0.clone(), x, nil); !errors.Is(err, context.Canceled) || g.calls.Load() != calls {
			t.Errorf("ended before the call: %v, %d calls", err, g.calls.Load()-calls)
		}
	}
	model, d := usableModel()
	before := model.Generator.(*Linear[float64]).W.clone()
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	report, err := Fit(ended, model, d, SoftmaxCrossEntropy{}, Outer[float64]{Steps: 5, GeneratorRate: 0.1})
	if !errors.Is(err, context.Canceled) || len(report.LossHistory) != 0 {
		t.Errorf("fit: %v, %v", report, err)
	}
	compareGradients(t, "weights", model.Generator.(*Linear[float64]).W.Data, before.Data, 0)
	during, cancel := context.WithCancel(context.Background())
	defer cancel()
	report, err = Fit(during, model, d, SoftmaxCrossEntropy{}, Outer[float64]{Steps: 5, GeneratorRate: 0.1, Progress: func(p Progress) {
		if p.Step == 2 {
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) || len(report.LossHistory) != 2 {
		t.Errorf("fit: %v, %v", report, err)
	}
	p, err := NewProblem(model, d, SquaredError{}, Variables[float64]{})
	if err != nil {
		t.Fatal(err)
	}
	at := p.Get()
	if _, err := p.Minimize(ended, nil, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("minimize: %v", err)
	}
	compareGradients(t, "variables", p.Get(), at, 0)
	if _, err := p.Minimize(context.Background(), nil, nil); err != nil {
		t.Errorf("minimize afterwards: %v", err)
	}
}

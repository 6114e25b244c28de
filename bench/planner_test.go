package bench

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/inversenet/inversenet/inverse"
)

// regret is how much longer the form that was chosen takes than the best one.
type regret struct {
	shape        shape
	chosen, best inverse.Form
	ratio        float64
}

// BenchmarkPlanner times every form of plain descent over a grid of shapes, in
// float32 and on one thread, for a single call with new weights, for each of a
// thousand calls with the same weights, and for a step of a training, and reports how
// many times as long as the best form the one takes that Auto chooses: worst and
// mean; the five worst shapes are printed. A run takes minutes; -benchtime 1x.
func BenchmarkPlanner(b *testing.B) {
	for _, mode := range []struct {
		name string
		time func(s shape, form inverse.Form) (chosen inverse.Form, took time.Duration)
	}{{"one call", oneCall}, {"a thousand calls", thousandCalls}, {"training", trainingStep}} {
		b.Run(mode.name, func(b *testing.B) {
			for range b.N {
				var all []regret
				for _, s := range plannerGrid() {
					all = append(all, regretOf(s, mode.time))
				}
				report(b, all)
			}
		})
	}
}

// plannerGrid leaves out what takes seconds in every form.
func plannerGrid() (grid []shape) {
	for _, j := range []int{64, 784} {
		for _, k := range []int{1, 10, 64, 256, 384} {
			for _, n := range []int{1, 3, 20, 50, 250} {
				for _, samples := range []int{1, 2, 16, 17, 32, 100, 256, 1024} {
					if s := (shape{j, k, n, samples}); float64(min(2*j, k))*float64(k)*float64(n)*float64(samples) < 1e10 {
						grid = append(grid, s)
					}
				}
			}
		}
	}
	return grid
}

// regretOf measures a shape; what looks wrong is measured again, for it may be the
// machine's doing.
func regretOf(s shape, measure func(shape, inverse.Form) (inverse.Form, time.Duration)) regret {
	took := map[inverse.Form]time.Duration{}
	r := regret{shape: s}
	r.chosen, _ = measure(s, inverse.Auto)
	for round := 0; round == 0 || r.ratio > 1.1 && round < 4; round++ {
		for _, form := range []inverse.Form{inverse.DirectForm, inverse.GramForm, inverse.ClosedForm} {
			if form == inverse.DirectForm && form != r.chosen && 2*float64(s.pixels)*float64(s.latents)*float64(s.steps)*float64(s.samples) > 2e10 {
				continue // seconds
			}
			if _, t := measure(s, form); round == 0 || t < took[form] {
				took[form] = t
			}
		}
		least := time.Duration(math.MaxInt64)
		for form, t := range took {
			if t < least {
				r.best, least = form, t
			}
		}
		r.ratio = float64(took[r.chosen]) / float64(least)
	}
	return r
}

func report(b *testing.B, all []regret) {
	slices.SortFunc(all, func(x, y regret) int { return cmp.Compare(y.ratio, x.ratio) })
	logs := 0.0
	for _, r := range all {
		logs += math.Log(r.ratio)
	}
	b.ReportMetric(all[0].ratio, "worst")
	b.ReportMetric(math.Exp(logs/float64(len(all))), "mean")
	within := 0
	for _, r := range all {
		if r.ratio <= 1.15 {
			within++
		}
	}
	b.ReportMetric(100*float64(within)/float64(len(all)), "%-within-1.15")
	for _, r := range all[:min(25, len(all))] {
		b.Logf("%v: %v, %.2f times as long as %v", r.shape, r.chosen, r.ratio, r.best)
	}
}

// quickest is the least time of some runs, of at least a moment together.
func quickest(run func()) time.Duration {
	least := time.Duration(math.MaxInt64)
	for begin, n := time.Now(), 0; n < 3 || n < 100 && time.Since(begin) < 3*time.Millisecond; n++ {
		at := time.Now()
		run()
		least = min(least, time.Since(at))
	}
	return least
}

func plannedInner(p *problem[float32], form inverse.Form) inverse.Inner {
	return inverse.Inner{Steps: p.steps, LearningRate: float64(p.step) / 2, Form: form}
}

func plannedSolver(p *problem[float32], form inverse.Form, calls int) *inverse.Solver[float32] {
	g := &inverse.Linear[float32]{W: p.w}
	s, err := inverse.NewSolver(g, plannedInner(p, form), inverse.Compute[float32]{Threads: 1, Samples: p.samples, Calls: calls})
	if err != nil {
		panic(err)
	}
	return s
}

func oneCall(s shape, form inverse.Form) (inverse.Form, time.Duration) {
	p := newProblem[float32](s)
	solver, z := plannedSolver(p, form, 1), inverse.NewMatrix[float32](s.samples, s.latents)
	if form == inverse.Auto {
		return solver.Form(), 0
	}
	return form, quickest(func() {
		p.w.Data[0] = -p.w.Data[0] // other weights
		must(solver.Invert(z, p.x))
	})
}

func thousandCalls(s shape, form inverse.Form) (inverse.Form, time.Duration) {
	p := newProblem[float32](s)
	solver, z := plannedSolver(p, form, 1000), inverse.NewMatrix[float32](s.samples, s.latents)
	if form == inverse.Auto {
		return solver.Form(), 0
	}
	_, first := oneCall(s, form)
	must(solver.Invert(z, p.x))
	warm := quickest(func() { must(solver.Invert(z, p.x)) })
	return form, (first + 999*warm) / 1000
}

func trainingStep(s shape, form inverse.Form) (inverse.Form, time.Duration) {
	p := newProblem[float32](s)
	m := &inverse.Model[float32]{Generator: &inverse.Linear[float32]{W: p.w}, Inner: plannedInner(p, form)}
	d := inverse.Data[float32]{X: p.x, Labels: make([]int, s.samples)}
	t, err := inverse.NewTrainer(m, d, inverse.SoftmaxCrossEntropy{}, inverse.Outer[float32]{GeneratorRate: 1e-6, Compute: inverse.Compute[float32]{Threads: 1}})
	if err != nil {
		panic(err)
	}
	if form == inverse.Auto {
		return t.Form(), 0
	}
	return form, quickest(func() {
		_, err := t.Step(context.Background())
		must(err)
	})
}

func must(err error) {
	if err != nil {
		panic(fmt.Sprint("benchmark: ", err))
	}
}

package inverse

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"
)

// interrupted is x = w·z with a context that ends when the way back begins. Each
// step back then waits, for as long as a step of a large generator takes.
type interrupted struct {
	w     []float64
	end   context.CancelFunc
	steps atomic.Int64
}

func (g *interrupted) Pixels() int  { return 1 }
func (g *interrupted) Latents() int { return 1 }
func (g *interrupted) Parameters() []Parameter[float64] {
	return []Parameter[float64]{{Name: "w", Shape: []int{1}, Values: g.w}}
}
func (g *interrupted) Generate(dst, z Matrix[float64]) { GenerateRows(g, dst, z) }
func (g *interrupted) Forward(x, z []float64)          { x[0] = g.w[0] * z[0] }
func (g *interrupted) Gradient(dz, _, r []float64)     { dz[0] = g.w[0] * r[0] }
func (g *interrupted) Differentiate(dz []float64, dparams [][]float64, z, r, v []float64) {
	g.end()
	g.steps.Add(1)
	time.Sleep(100 * time.Microsecond)
	dz[0] = g.w[0] * g.w[0] * v[0]
	if dparams != nil {
		dparams[0][0] += v[0]*r[0] + g.w[0]*v[0]*z[0]
	}
}

// TestContextEndsOnTheWayBack: a training that is told to end does not go back
// through all steps of a long inversion first, with checkpoints or without, and its
// model stays as it was.
func TestContextEndsOnTheWayBack(t *testing.T) {
	const steps = 10_000
	for _, how := range []Differentiation{Unrolled{}, Unrolled{Checkpoint: true}, Truncated{Steps: steps - 1}} {
		ctx, end := context.WithCancel(context.Background())
		defer end()
		g := &interrupted{w: []float64{1.5}, end: end}
		m := &Model[float64]{Generator: g, Inner: Inner{Steps: steps, LearningRate: 0.001, Differentiation: how}}
		d := Data[float64]{X: FromFloat64[float64](1, 1, []float64{1}), Targets: FromFloat64[float64](1, 1, []float64{3})}
		tr, err := NewTrainer(m, d, SquaredError{}, Outer[float64]{GeneratorRate: 0.1})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tr.Step(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("%v: error %v, want %v", how, err, context.Canceled)
		}
		if n := g.steps.Load(); n == 0 || n > steps/2 {
			t.Errorf("%v: %d of %d steps back after the context had ended", how, n, steps)
		}
		if g.w[0] != 1.5 {
			t.Errorf("%v: the parameter is %v, want it as it was, 1.5", how, g.w[0])
		}
	}
}

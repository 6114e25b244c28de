package cli

import (
	"github.com/inversenet/inversenet/internal/randomstate"
	"github.com/inversenet/inversenet/inverse"
)

// The article's scalar example.
const (
	toyA, toyB    = 2, -4 // the line that makes the observations
	toyRate       = 0.005 // β
	toyOuterSteps = 2500
	toyLeastA     = 0.5 // a stays at or above: at 0 nothing could be inverted
	// toyTruncated is how many steps the derivative goes back through; the value
	// is that of all of them.
	toyTruncated = 10
)

var toyInner = inverse.Inner{Steps: 20, LearningRate: 0.05, Reduction: inverse.Sum}

// toy is what the example gives.
type toy struct {
	path   []float64 // of the inversion, from y0 on
	yOpt   float64   // where it ends
	a0     float64
	losses []float64 // before each update
	a, b   float64   // learned
	y, x   []float64 // data
}

func solveToy(seed uint32) (*toy, error) {
	y0, a0 := randomstate.ToyStart(seed)
	t := &toy{a0: a0, y: []float64{-2, -1, 0, 1, 2}}
	for _, y := range t.y {
		t.x = append(t.x, toyA*y+toyB)
	}
	if err := t.invert(y0); err != nil {
		return nil, err
	}
	return t, t.learn()
}

// scalarLine is f(y) = ay + b as a generator of one pixel and one latent.
func scalarLine(a, b float64) *inverse.Linear[float64] {
	g := inverse.NewLinear[float64](1, 1, true)
	g.W.Data[0], g.Bias[0] = a, b
	return g
}

// column is a value for each row.
func column(v []float64) inverse.Matrix[float64] { return inverse.FromFloat64[float64](len(v), 1, v) }

// invert descends to the y with 2y − 4 = 0, one step at a time for the path.
func (t *toy) invert(y0 float64) error {
	one := toyInner
	one.Steps = 1
	solver, err := inverse.NewSolver(scalarLine(toyA, toyB), one, inverse.Compute[float64]{})
	if err != nil {
		return err
	}
	y, x := column([]float64{y0}), column([]float64{0})
	t.path = []float64{y0}
	for range toyInner.Steps {
		if err := solver.Invert(y, x); err != nil {
			return err
		}
		t.path = append(t.path, y.Data[0])
	}
	t.yOpt = y.Data[0]
	return nil
}

// learn descends the loss Σ (y_N(x) − y)² in a and b, where y_N(x) is what
// inversion finds for x from y_opt.
func (t *toy) learn() error {
	line := scalarLine(t.a0, 0)
	forward, err := inverse.NewSolver(line, toyInner, inverse.Compute[float64]{})
	if err != nil {
		return err
	}
	truncated := toyInner
	truncated.Steps = toyTruncated
	backward, err := inverse.NewSolver(line, truncated, inverse.Compute[float64]{})
	if err != nil {
		return err
	}
	x, start := column(t.x), inverse.NewMatrix[float64](len(t.x), 1)
	found, lambda := inverse.NewMatrix[float64](len(t.x), 1), inverse.NewMatrix[float64](len(t.x), 1)
	for i := range start.Data {
		start.Data[i] = t.yOpt
	}
	grad := scalarLine(0, 0)
	for range toyOuterSteps {
		copy(found.Data, start.Data)
		if err := forward.Invert(found, x); err != nil {
			return err
		}
		loss := 0.0
		for i, y := range t.y {
			e := found.Data[i] - y
			loss += e * e
			lambda.Data[i] = 2 * e
		}
		t.losses = append(t.losses, loss)
		if err := backward.Backpropagate(grad, lambda, start, x); err != nil {
			return err
		}
		line.W.Data[0] = max(line.W.Data[0]-toyRate*grad.W.Data[0], toyLeastA)
		line.Bias[0] -= toyRate * grad.Bias[0]
	}
	t.a, t.b = line.W.Data[0], line.Bias[0]
	return nil
}

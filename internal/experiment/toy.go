package experiment

import (
	"github.com/inversenet/inversenet/internal/randomstate"
	"github.com/inversenet/inversenet/inverse"
)

// ToyOuterSteps is how many steps the example learns for.
const ToyOuterSteps = 2500

// The article's scalar example.
const (
	toyA, toyB = 2, -4 // the line that makes the observations
	toyRate    = 0.005 // β
	toyLeastA  = 0.5   // a stays at or above: at 0 nothing could be inverted
	// toyTruncated is how many steps the derivative goes back through; the value
	// is that of all of them.
	toyTruncated = 10
)

var toyInner = inverse.Inner{Steps: 20, LearningRate: 0.05, Reduction: inverse.Sum}

// Toy is what the article's scalar example gives: the line f(y) = 2y − 4 inverted
// at x = 0, and a line f(y) = ay + b learned through its own inversion.
type Toy struct {
	Path   []float64 // of the inversion, from y0 on
	YOpt   float64   // where it ends
	A0     float64   // where a starts; b starts at 0
	Losses []float64 // before each update
	A, B   float64   // learned
	Y, X   []float64 // data
}

// RunToy runs the example from the starts of a seed.
func RunToy(seed uint32) (*Toy, error) {
	y0, a0 := randomstate.ToyStart(seed)
	t := &Toy{A0: a0, Y: []float64{-2, -1, 0, 1, 2}}
	for _, y := range t.Y {
		t.X = append(t.X, toyA*y+toyB)
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
func (t *Toy) invert(y0 float64) error {
	one := toyInner
	one.Steps = 1
	solver, err := inverse.NewSolver(scalarLine(toyA, toyB), one, inverse.Compute[float64]{})
	if err != nil {
		return err
	}
	y, x := column([]float64{y0}), column([]float64{0})
	t.Path = []float64{y0}
	for range toyInner.Steps {
		if err := solver.Invert(y, x); err != nil {
			return err
		}
		t.Path = append(t.Path, y.Data[0])
	}
	t.YOpt = y.Data[0]
	return nil
}

// learn descends the loss Σ (y_N(x) − y)² in a and b, where y_N(x) is what
// inversion finds for x from y_opt.
func (t *Toy) learn() error {
	line := scalarLine(t.A0, 0)
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
	x, start := column(t.X), inverse.NewMatrix[float64](len(t.X), 1)
	found, lambda := inverse.NewMatrix[float64](len(t.X), 1), inverse.NewMatrix[float64](len(t.X), 1)
	for i := range start.Data {
		start.Data[i] = t.YOpt
	}
	grad := scalarLine(0, 0)
	for range ToyOuterSteps {
		copy(found.Data, start.Data)
		if err := forward.Invert(found, x); err != nil {
			return err
		}
		loss := 0.0
		for i, y := range t.Y {
			e := found.Data[i] - y
			loss += e * e
			lambda.Data[i] = 2 * e
		}
		t.Losses = append(t.Losses, loss)
		if err := backward.Backpropagate(&inverse.Gradients[float64]{Generator: grad, Start: lambda}, lambda, start, x); err != nil {
			return err
		}
		line.W.Data[0] = max(line.W.Data[0]-toyRate*grad.W.Data[0], toyLeastA)
		line.Bias[0] -= toyRate * grad.Bias[0]
	}
	t.A, t.B = line.W.Data[0], line.Bias[0]
	return nil
}

// InnerLoss is the loss that the inversion descends, at y.
func (t *Toy) InnerLoss(y float64) float64 { f := toyA*y + toyB; return f * f }

package engine

import (
	"fmt"
	"sync/atomic"

	"github.com/inversenet/inversenet/kernels"
)

// A runner runs the inner loop of a generator in one of its forms. It is read-only
// while workers use it.
type runner[T Float] interface {
	// load takes over all parameters, which may be the same as before, and the sizes
	// of the steps. It returns an error for parameters that the form cannot use.
	load(g *Generator[T], same bool, sizes stepSizes) error
	// partialLen is the length of a shard's partial gradient.
	partialLen() int
	// gradient sets the derivatives of the loss in all parameters, from the sum of
	// all partials.
	gradient(g *Gradients[T], partial []T)
}

// A worker runs an inner loop on one panel at a time.
type worker[T Float] interface {
	// forward takes all inner steps and returns the panel Z_N, which is valid until
	// the next call.
	forward(p *panel[T]) []T
	// backward, after forward on the same panel, takes λ = ∂L/∂Z_N through the
	// steps, adds to the partial gradient, and returns the panel ∂L/∂Z₀. It may
	// overwrite λ; lanes beyond the samples must be zero in it.
	backward(p *panel[T], lambda, partial []T) ([]T, error)
}

// An Engine is the inner loop of a generator in the form that it was planned in.
type Engine[T Float] struct {
	table    *kernels.Table[T]
	settings Settings
	shape    Generator[T]
	form     Form
	want     Want
	run      runner[T]
	halt     atomic.Bool

	sizes   stepSizes
	known   known[T]
	top     float64 // λmax of the weights that are known
	passing bool    // weights change from call to call: nothing is kept
}

// New plans the engine for a generator of g's shapes, in the form that the
// settings ask for or the cheapest for a workload. The algebra on its matrices is
// shared among so many goroutines.
func New[T Float](t *kernels.Table[T], g *Generator[T], s Settings, want Want, w Workload, threads int) *Engine[T] {
	e := &Engine[T]{table: t, settings: s, shape: g.shape(), want: want, form: s.Form}
	if e.form == Auto {
		e.form = cheapest(t, g, &e.settings, w)
	}
	e.sizes = make(stepSizes, max(1, len(s.Rates)))
	var f field[T]
	switch {
	case e.form == Closed:
		e.run = newClosed(t, threads, &e.settings, &e.shape, want, &e.halt)
		return e
	case e.form == Exact:
		e.run = newExact(t, threads, &e.settings, &e.shape, want, &e.halt)
		return e
	case g.Physics != nil:
		f = newPhysics(t, g)
	case e.form == Gram:
		f = newGram(t, threads, &e.shape, want)
	default:
		f = newDirect(t, &e.shape)
	}
	steps := newWalk(t, f, &e.settings, &e.shape, want)
	e.run = steps
	if s.Adjoint.Kind == Forward {
		e.run = newTangents(steps, &e.shape)
	}
	return e
}

// Form is the form that runs.
func (e *Engine[T]) Form() Form { return e.form }

// Knows reports whether the generator's weights are those that were loaded last.
func (e *Engine[T]) Knows(g *Generator[T]) bool {
	g.check(&e.shape)
	return e.known.are(g)
}

// Load takes over a generator for batches with the given r, see [Settings].
// What was derived from weights is kept while they are the same. It returns an
// error for a step that the element type cannot hold.
func (e *Engine[T]) Load(g *Generator[T], r float64) error {
	same := e.Knows(g)
	e.known.valid = same
	if e.form != Exact {
		if err := e.size(g, r, same); err != nil {
			return err
		}
	}
	if err := e.run.load(g, same, e.sizes); err != nil {
		return err
	}
	if !same && !e.passing {
		e.known.remember(g)
	}
	return nil
}

// size sets the sizes of the steps.
func (e *Engine[T]) size(g *Generator[T], r float64, same bool) error {
	if !same && e.settings.Rates == nil {
		e.top = e.lambdaMax(g)
	}
	for n := range e.sizes {
		if e.settings.Rates != nil {
			e.sizes[n] = e.settings.Rates[n] * r
		} else {
			e.sizes[n] = automatic(e.top + e.settings.Ridge)
		}
		if s := T(e.sizes[n]); !(s > 0) || s-s != 0 {
			e.known.valid = false
			return fmt.Errorf("inner step %v is no positive number in float%d: choose another learning rate, or scale the data or the weights", e.sizes[n], 8*sizeof[T]())
		}
	}
	return nil
}

// automatic is the step for the curvature λmax. Where there is none, any step is
// as good.
func automatic(top float64) float64 {
	if top == 0 {
		return 1
	}
	return 1 / top
}

func (e *Engine[T]) lambdaMax(g *Generator[T]) float64 {
	if g.Physics != nil {
		return g.LambdaMax()
	}
	return LargestEigenvalue(g.Layers[0].W, g.Pixels, g.Latents)
}

// newWorker returns the memory of one goroutine. One that keeps can go backward
// after forward.
func (e *Engine[T]) newWorker(keep bool) worker[T] {
	switch run := e.run.(type) {
	case *closed[T]:
		return run.newWorker(keep)
	case *exact[T]:
		return run.newWorker(keep)
	case *tangents[T]:
		w := run.walk.newWorker(keep, &e.halt)
		if !keep {
			return w
		}
		return newTangentWorker(run, w)
	default:
		return run.(*walk[T]).newWorker(keep, &e.halt)
	}
}

// walkerOf is the walk of a worker, nil for the forms without one.
func walkerOf[T Float](w worker[T]) *walker[T] {
	switch w := w.(type) {
	case *walker[T]:
		return w
	case *tangentWorker[T]:
		return w.walker
	default:
		return nil
	}
}

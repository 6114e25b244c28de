package engine

import (
	"sync/atomic"

	"github.com/inversenet/inversenet/inverse/internal/dense"
	"github.com/inversenet/inversenet/kernels"
)

// walk takes the inner steps one after the other. With μ_n from the method and
// z₋₁ = z₀,
//
//	y = z_n + μ_n·(z_n − z_{n−1})        at = z_n or, ahead, y
//	z_{n+1} = prox(y − s_n·(∇f(at) + ridge·at))
//
// It stands once: what ∇f is, the field knows; where a step starts and what its
// momentum sends back, method.go; when a sample stops, stopping.go; how gradients
// go back, adjoint.go, implicit.go and tangents.go.
type walk[T Float] struct {
	table           *kernels.Table[T]
	settings        *Settings
	field           field[T]
	pixels, latents int
	want            Want

	sizes  stepSizes
	lo, hi [][]T // bounds of each step, or one pair that serves all
	shift  []T   // panel of the fixed thresholds, every lane alike; nil where not needed
	rule   *stopRule[T]

	// For implicit gradients of a linear generator: WᵀW, and how often it was loaded.
	affine    bool
	curvature []float64
	pool      *dense.Pool
	loads     int
}

func newWalk[T Float](t *kernels.Table[T], f field[T], s *Settings, g *Generator[T], want Want) *walk[T] {
	w := &walk[T]{table: t, settings: s, field: f, pixels: g.Pixels, latents: g.Latents, want: want}
	pairs := 1
	if s.Sparse != 0 && len(s.Rates) > 1 {
		pairs = s.Steps
	}
	both := panels[T](2*pairs, g.Latents)
	w.lo, w.hi = both[:pairs], both[pairs:]
	if want.Steps && s.Prox.Shape == kernels.ProxShrink && s.Prox.Thresholds != nil {
		w.shift = make([]T, g.Latents*t.Width())
	}
	if s.Tolerance > 0 {
		w.rule = newStopRule(w)
	}
	w.affine = g.Affine()
	if w.affine && s.Adjoint.Kind == Implicit && g.Latents <= mostFactored {
		w.curvature, w.pool = make([]float64, g.Latents*g.Latents), wideAlgebra(t, 1)
	}
	return w
}

// curve computes WᵀW.
func (w *walk[T]) curve(g *Generator[T]) {
	k := w.latents
	weights, square := w.pool.New(w.pixels, k), w.pool.New(k, k)
	setDense(weights, g.Layers[0])
	w.pool.MulSymmetric(square, weights, true, weights, nil)
	for i := range k {
		dense.GetRow(w.curvature[i*k:(i+1)*k], square, i, 0, 1)
	}
}

// load takes over a generator and the sizes of steps.
func (w *walk[T]) load(g *Generator[T], same bool, sizes stepSizes) error {
	w.field.load(g, same)
	if !same {
		w.loads++
		if w.curvature != nil {
			w.curve(g)
		}
	}
	w.sizes = sizes
	for n := range w.lo {
		bounds(w.settings.Prox, sizes.at(n)*w.settings.Sparse, w.lo[n], w.hi[n])
	}
	width := w.table.Width()
	for i := range w.shift {
		w.shift[i] = T(w.settings.Prox.threshold(i / width))
	}
	if w.rule != nil && !same {
		w.rule.load()
	}
	return nil
}

// bounds of step n.
func (w *walk[T]) bounds(n int) (lo, hi []T) { return w.lo[n%len(w.lo)], w.hi[n%len(w.hi)] }

// walker holds the latent panels of one goroutine. They have whole vectors of
// rows, as fields want them.
type walker[T Float] struct {
	*walk[T]
	field fieldWorker[T]
	trail trail[T]
	y, at []T // base and place of the gradient, where they differ from z_n

	epilogue kernels.Epilogue[T] // of the step in progress

	panel *panel[T]
	end   int // steps taken; fewer than N when every sample stopped
	stops *stops[T]
	halt  *atomic.Bool // set from outside to end the walk
	after func(n int)  // called when Z_n is there; nil for none
	back  *backward[T]
}

// newWorker returns the memory of one goroutine. One that keeps can go backward
// after forward.
func (w *walk[T]) newWorker(keep bool, halt *atomic.Bool) *walker[T] {
	size := w.table.PaddedRows(w.latents) * w.table.Width()
	remember := keep && w.settings.Adjoint.Kind != Implicit
	k := &walker[T]{walk: w, halt: halt, trail: newTrail[T](w.settings, size, remember)}
	steps := 0
	if remember {
		steps = k.trail.segment
	}
	k.field = w.field.newWorker(steps)
	two := panels[T](2, size)
	k.y, k.at = two[0], two[1]
	if w.rule != nil {
		k.stops = w.rule.newStops()
	}
	if keep {
		k.back = newBackward(k, size)
	}
	return k
}

// forward takes all inner steps and returns the panel Z_N, which is valid until
// the next call.
func (w *walker[T]) forward(p *panel[T]) []T {
	w.panel = p
	w.field.begin(p)
	copy(w.z(0), p.z0)
	w.end = w.settings.Steps
	if w.stops != nil {
		w.stops.begin(w)
	}
	w.tell(0)
	for n := range w.settings.Steps {
		if w.halt.Load() {
			w.end = n
			break
		}
		w.trail.save(n)
		w.take(n)
		stopped := w.stops != nil && w.stops.stop(w, n)
		w.tell(n + 1)
		if stopped {
			w.end = n + 1
			break
		}
	}
	return w.z(w.end)
}

func (w *walker[T]) tell(n int) {
	if w.after != nil {
		w.after(n)
	}
}

// take computes Z_{n+1}.
func (w *walker[T]) take(n int) {
	base, at := w.points(n)
	e := &w.epilogue
	e.Base, e.Scale, e.Prox = base, T(-w.sizes.at(n)), w.settings.Prox.Shape
	e.Lo, e.Hi = w.bounds(n)
	w.field.step(n, w.z(n+1), at, e)
}

// again takes step n once more, to the same bits.
func (w *walker[T]) again(n int) {
	w.take(n)
	if w.stops != nil {
		w.stops.hold(w, n, func(i int) { w.z(n + 1)[i] = w.z(n)[i] })
	}
}

// z is the panel Z_n, of those the trail remembers.
func (w *walker[T]) z(n int) []T { return w.trail.z(n) }

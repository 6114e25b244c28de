package engine

import (
	"errors"

	"github.com/inversenet/inversenet/inverse/internal/activeset"
	"github.com/inversenet/inversenet/kernels"
)

// exactWorker minimises the samples of one goroutine's panel, one after the other.
type exactWorker[T Float] struct {
	*exact[T]
	solver  activeset.Solver
	z       []T       // panel of minimisers
	answers []float64 // the same before rounding, samples as rows
	c       []float64 // Wᵀ(x − b), samples as rows
	start   []float64
	ends    []minimised

	data, sums []float64 // panels of x − b and of Wᵀ(x − b)
	at, image  []float64 // latents to assess, and A·z − c

	back *exactBackward[T] // nil where it never goes back
}

// minimised is how a sample ended.
type minimised struct {
	status activeset.Status
	pivots int
	halted bool
}

// exactBackward is what going back needs besides.
type exactBackward[T Float] struct {
	field  *gramWorker[T]
	lambda []float64 // of one sample
	change []float64 // u of one sample
	u      []T       // panel of u
	origin []T       // panel of ∂L/∂Z₀, zeros
}

func (e *exact[T]) newWorker(keep bool) worker[T] {
	k, width := e.gram.k, e.table.Width()
	size := e.table.PaddedRows(k) * width
	w := &exactWorker[T]{
		exact: e, z: make([]T, size), answers: make([]float64, width*k), c: make([]float64, width*k),
		start: make([]float64, k), ends: make([]minimised, width),
		data: make([]float64, e.wide.PaddedRows(e.gram.pixels)*e.wide.Width()),
		sums: make([]float64, e.wide.PaddedRows(k)*e.wide.Width()),
		at:   make([]float64, k), image: make([]float64, e.stride),
	}
	if keep {
		p := panels[T](2, size)
		w.back = &exactBackward[T]{field: e.gram.newWorker(0).(*gramWorker[T]),
			lambda: make([]float64, k), change: make([]float64, k), u: p[0], origin: p[1]}
	}
	return w
}

// correlate sets c.
func (w *exactWorker[T]) correlate(p *panel[T]) {
	k, pixels, width, wide := w.gram.k, w.gram.pixels, w.table.Width(), w.wide.Width()
	for first := 0; first < p.samples; first += wide {
		samples := min(wide, p.samples-first)
		for j := range pixels {
			var b float64
			if w.gram.layer.Bias != nil {
				b = float64(w.gram.layer.Bias[j])
			}
			dst := w.data[j*wide : (j+1)*wide]
			for n, v := range p.negX[j*width+first:][:samples] {
				dst[n] = -float64(v) - b
			}
			clear(dst[samples:])
		}
		w.wide.Product(w.sums, w.wt, w.data, w.wide.Vectors(samples), nil, kernels.Epilogue[float64]{})
		w.wide.Unpack(w.c[first*k:], w.sums, samples, k, k)
	}
}

// rows of sample i.
func (w *exactWorker[T]) rows(i int) (answer, c []float64) {
	k := w.gram.k
	return w.answers[i*k : (i+1)*k], w.c[i*k : (i+1)*k]
}

// forward minimises. Samples that are not reached before a halt keep their start.
func (w *exactWorker[T]) forward(p *panel[T]) []T {
	width := w.table.Width()
	w.correlate(p)
	clear(w.z)
	for i := range p.samples {
		answer, c := w.rows(i)
		w.ends[i] = minimised{halted: w.halt.Load()}
		start := w.startOf(p, i)
		switch {
		case w.ends[i].halted:
			copy(answer, w.start)
		case !Finite(c):
			copy(answer, c) // for whoever looks whether latents are finite
		default:
			w.ends[i].status = w.solver.Solve(w.problem, answer, c, start)
			w.ends[i].pivots = w.solver.Pivots()
		}
		for k, v := range answer {
			w.z[k*width+i] = T(v)
		}
	}
	return w.z
}

// startOf is where the caller's latents are, nil where they are all 0.
func (w *exactWorker[T]) startOf(p *panel[T], i int) []float64 {
	width, zero := w.table.Width(), true
	for k := range w.start {
		v := float64(p.z0[k*width+i])
		w.start[k] = v
		zero = zero && v == 0
	}
	if zero {
		return nil
	}
	return w.start
}

func (w *exactWorker[T]) backward(p *panel[T], lambda, partial []T) ([]T, error) {
	b, width, own := w.back, w.table.Width(), w.gram.partialLen()
	clear(b.u)
	var ridge, sparse float64
	for i := range p.samples {
		if w.halt.Load() || w.ends[i].halted {
			break // nobody looks at what comes of it
		}
		if err := w.adjoint(p, i, lambda); err != nil {
			return nil, err
		}
		answer, _ := w.rows(i)
		for k, u := range b.change {
			b.u[k*width+i] = T(u)
			ridge += float64(u * answer[k])
			sparse += float64(u * sign(answer[k]))
		}
	}
	b.field.open(p)
	b.field.accumulate(w.z, b.u, partial[:own])
	b.field.finish(partial[:own])
	partial[own] += T(ridge)
	partial[own+1] += T(sparse)
	return b.origin, nil
}

// adjoint sets change to u of sample i. The solver keeps the factor of one answer,
// so that of sample i is made again, which takes no pivots.
func (w *exactWorker[T]) adjoint(p *panel[T], i int, lambda []T) error {
	b, width := w.back, w.table.Width()
	answer, c := w.rows(i)
	if !Finite(answer) {
		clear(b.change) // the latents tell
		return nil
	}
	err := error(activeset.ErrUnsettled)
	if w.ends[i].status != activeset.PivotLimit {
		w.solver.Solve(w.problem, w.at, c, answer)
		for k := range b.lambda {
			b.lambda[k] = float64(lambda[k*width+i])
		}
		err = w.solver.Adjoint(b.change, nil, b.lambda)
	}
	if err == nil {
		return nil
	}
	m := &MinimumError{Sample: p.first + i, Pixels: w.gram.pixels}
	for k, v := range answer {
		if !holds(w.settings, k, T(v)) {
			m.Free++
		}
	}
	var several *activeset.NotUniqueError
	switch {
	case errors.As(err, &several) && several.InSupport:
		m.Reason = "the curvature there is singular, so that there is no unique minimiser: add a ridge or a constraint, or differentiate steps by Unrolled"
	case errors.As(err, &several):
		m.Reason = "a latent that is 0 or at a bound could take the place of free ones at no cost, so that there is no unique minimiser: add a ridge, or differentiate steps by Unrolled"
	default:
		m.Reason = "the support of the minimiser had not settled when the limit of pivots was reached: add a ridge, or start nearer to the minimiser"
	}
	return m
}

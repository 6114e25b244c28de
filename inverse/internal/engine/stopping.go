package engine

import (
	"cmp"
	"math"

	"github.com/inversenet/inversenet/internal/portable"
)

// never is where a sample that has not settled stops.
const never = math.MaxInt

// stopRule ends a sample's steps when it is near a minimiser: when the optimality
// residual at z⁺,
//
//	ρ = (z⁺ − prox(z⁺ − s·(∇f(z⁺) + ridge·z⁺)))/s
//
// is small for each latent beside what the data could make it,
//
//	|ρ_k| ≤ tolerance·‖W_k‖·‖x − b‖      k = 1 … K
//
// with √(‖W_k‖² + ridge) in place of ‖W_k‖, and G(0) for b. Neither a short step
// nor the units of x and z can pass for an answer.
//
// That costs a gradient. It is only taken for samples whose last move looks like
// it, |y − z⁺|_k/s for |ρ_k|, and where that misleads, as moves that are lost to
// rounding do, not in every step.
type stopRule[T Float] struct {
	walk  *walk[T]
	atoms []float64
	scale []T     // panel of longest/‖W_k‖
	unit  float64 // the longest atom
}

func newStopRule[T Float](w *walk[T]) *stopRule[T] {
	return &stopRule[T]{walk: w, atoms: make([]float64, w.latents), scale: make([]T, w.latents*w.table.Width())}
}

// load measures the atoms. A latent without one is measured by the longest: all
// that moves it is the prior.
func (r *stopRule[T]) load() {
	const most = 1e30
	r.walk.field.atoms(r.atoms)
	r.unit = 0
	for k, a := range r.atoms {
		r.atoms[k] = portable.Hypot(a, math.Sqrt(r.walk.settings.Ridge))
		r.unit = max(r.unit, r.atoms[k])
	}
	width := r.walk.table.Width()
	for k, a := range r.atoms {
		if a == 0 {
			r.atoms[k] = cmp.Or(r.unit, 1)
		}
		v := 1.0
		if r.unit > 0 {
			v = min(r.unit/r.atoms[k], most)
		}
		for i := range width {
			r.scale[k*width+i] = T(v)
		}
	}
}

// stops is where the samples of one goroutine's panel stopped.
type stops[T Float] struct {
	rule   *stopRule[T]
	at     []int // steps that each sample took
	look   []int // the step from which a gradient is taken for a sample again
	extent []float64

	moved, from []T
	near, most  []T // largest move of each sample in the step in progress
	worst       []float64
}

func (r *stopRule[T]) newStops() *stops[T] {
	t := r.walk.table
	p, lanes := panels[T](2, t.PaddedRows(r.walk.latents)*t.Width()), panels[T](2, t.Width())
	return &stops[T]{rule: r, at: make([]int, t.Width()), look: make([]int, t.Width()), extent: make([]float64, t.Width()),
		moved: p[0], from: p[1], near: lanes[0], most: lanes[1], worst: make([]float64, t.Width())}
}

func (s *stops[T]) begin(w *walker[T]) {
	for i := range s.at {
		s.at[i], s.look[i] = never, 0
	}
	w.field.extent(s.extent)
}

// stop ends step n for samples that are near: from then on they keep their
// latents, whatever their neighbours do. It reports whether all have stopped.
func (s *stops[T]) stop(w *walker[T], n int) bool {
	s.hold(w, n, func(i int) { w.z(n + 1)[i] = w.z(n)[i] })
	if s.promising(w, n) {
		w.certify(w.z(n+1), n, nil, s.worst)
	}
	all := true
	for i := range w.panel.samples {
		if s.at[i] <= n {
			continue
		}
		if s.look[i] > n || !s.candidate(w, n, i) {
			all = false
			continue
		}
		if s.worst[i] <= w.settings.Tolerance*s.extent[i] {
			s.at[i] = n + 1
		} else {
			s.look[i], all = n+2+n/8, false
		}
	}
	return all
}

// candidate reports whether sample i moved so little that a gradient is worth it.
func (s *stops[T]) candidate(w *walker[T], n, i int) bool {
	return float64(s.most[i]) <= w.settings.Tolerance*w.sizes.at(n)*s.rule.unit*s.extent[i]
}

// promising measures the moves of step n, and reports whether a sample asks for a
// gradient.
func (s *stops[T]) promising(w *walker[T], n int) bool {
	clear(s.most)
	s.widen(w, s.most, w.z(n+1), s.start(w, n))
	if !w.settings.Method.Ahead && w.settings.Method.mu(n) != 0 {
		// The gradient was taken at z and not where the step starts.
		clear(s.near)
		s.widen(w, s.near, w.z(n+1), w.z(n))
		for i, v := range s.near {
			s.most[i] += v
		}
	}
	for i := range w.panel.samples {
		if s.at[i] > n && s.look[i] <= n && s.candidate(w, n, i) {
			return true
		}
	}
	return false
}

// start is where step n starts, y without the ridge's part.
func (s *stops[T]) start(w *walker[T], n int) []T {
	mu := w.settings.Method.mu(n)
	if mu == 0 {
		return w.z(n)
	}
	if w.settings.Ridge == 0 {
		return w.y
	}
	w.table.Extrapolate(s.from, w.z(n), w.z(n-1), T(mu), w.latents, w.panel.vecs)
	return s.from
}

// widen raises most to the largest |a − b|·scale of each sample.
func (s *stops[T]) widen(w *walker[T], most, a, b []T) {
	t, rows, vecs := w.table, w.latents, w.panel.vecs
	width := t.Width()
	copy(s.moved, a)
	t.AddScaled(s.moved, -1, b, rows, vecs)
	t.Multiply(s.moved, s.moved, s.rule.scale, rows, vecs)
	for k := range rows {
		for i, v := range s.moved[k*width : k*width+w.panel.samples] {
			most[i] = max(most[i], v, -v)
		}
	}
}

// hold visits the elements of samples that had stopped before step n.
func (s *stops[T]) hold(w *walker[T], n int, visit func(i int)) {
	width := w.table.Width()
	for i := range w.panel.samples {
		if s.at[i] > n {
			continue
		}
		for k := range w.latents {
			visit(k*width + i)
		}
	}
}

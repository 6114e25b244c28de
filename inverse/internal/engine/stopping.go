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
// it, (y − z⁺)/s for ρ in the Euclidean norm, and where that misleads, as moves that
// are lost to rounding do, not at every look. With few latents a look costs as much
// as a step, and is taken every few steps only.
type stopRule[T Float] struct {
	walk  *walk[T]
	every int // steps from look to look
	atoms []float64
	scale []T     // longest/‖W_k‖
	unit  float64 // the longest atom
}

func newStopRule[T Float](w *walk[T]) *stopRule[T] {
	const cheap, most = 128, 8 // latents from which on every step is looked at, and steps
	every := max(1, min(most, cheap/w.latents))
	return &stopRule[T]{walk: w, every: every, atoms: make([]float64, w.latents), scale: make([]T, w.latents)}
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
	for k, a := range r.atoms {
		if a == 0 {
			r.atoms[k] = cmp.Or(r.unit, 1)
		}
		r.scale[k] = 1
		if r.unit > 0 {
			r.scale[k] = T(min(r.unit/r.atoms[k], most))
		}
	}
}

// stops is where the samples of one goroutine's panel stopped.
type stops[T Float] struct {
	rule   *stopRule[T]
	at     []int // steps that each sample took
	look   []int // the step from which a gradient is taken for a sample again
	extent []float64

	stopped int       // how many have
	size    float64   // of the steps that limits are for
	limit   []float64 // of each sample's move, and its square, −1 where that is out of range
	square  []float64

	from        []T // where a step starts
	near, other []T // squares of each sample's move in the step in progress
	worst       []float64
}

func (r *stopRule[T]) newStops() *stops[T] {
	t := r.walk.table
	lanes := panels[T](2, t.Width())
	return &stops[T]{rule: r, at: make([]int, t.Width()), look: make([]int, t.Width()), extent: make([]float64, t.Width()),
		limit: make([]float64, t.Width()), square: make([]float64, t.Width()),
		from: make([]T, t.PaddedRows(r.walk.latents)*t.Width()), near: lanes[0], other: lanes[1], worst: make([]float64, t.Width())}
}

func (s *stops[T]) begin(w *walker[T]) {
	for i := range s.at {
		s.at[i], s.look[i] = never, 0
	}
	s.stopped, s.size = 0, 0
	w.field.extent(s.extent)
}

// stop ends step n for samples that are near: from then on they keep their
// latents, whatever their neighbours do. It reports whether all have stopped.
func (s *stops[T]) stop(w *walker[T], n int) bool {
	s.hold(w, n, func(i int) { w.z(n + 1)[i] = w.z(n)[i] })
	if (n+1)%s.rule.every != 0 {
		return false
	}
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
			s.stopped++
		} else {
			s.look[i], all = n+2+n/8, false
		}
	}
	return all
}

// measure sets the limits of moves for step n: in the Euclidean norm, which is at
// most √K times the largest element.
func (s *stops[T]) measure(w *walker[T], n int) {
	size := w.sizes.at(n)
	if size == s.size {
		return
	}
	s.size = size
	least, most := squarable[T]()
	for i, extent := range s.extent {
		limit := w.settings.Tolerance * size * s.rule.unit * extent * math.Sqrt(float64(w.latents))
		s.limit[i], s.square[i] = limit, limit*limit
		if limit > 0 && limit < least || limit > most {
			s.square[i] = -1
		}
	}
}

// candidate reports whether sample i moved so little that a gradient is worth it.
func (s *stops[T]) candidate(w *walker[T], n, i int) bool {
	switch {
	case s.square[i] < 0:
		return s.relative(w, n, i, s.limit[i]) <= 1
	case s.other[i] == 0:
		return float64(s.near[i]) <= s.square[i]
	default:
		return math.Sqrt(float64(s.near[i]))+math.Sqrt(float64(s.other[i])) <= s.limit[i]
	}
}

// squarable is the range of numbers whose squares the element type holds, with room
// for rounding.
func squarable[T Float]() (least, most float64) {
	if sizeof[T]() == 4 {
		return 1e-15, 1e15
	}
	return 1e-140, 1e140
}

// relative is the move of sample i in units of the limit, in float64.
func (s *stops[T]) relative(w *walker[T], n, i int, limit float64) float64 {
	width := w.table.Width()
	move := func(from []T) (norm float64) {
		for k := range w.latents {
			at := k*width + i
			norm = math.Hypot(norm, (float64(w.z(n + 1)[at])-float64(from[at]))*float64(s.rule.scale[k])/limit)
		}
		return norm
	}
	norm := move(s.start(w, n))
	if s.twoMoves(w, n) {
		norm += move(w.z(n))
	}
	return norm
}

// twoMoves reports whether the gradient of step n was taken at z and not where the
// step starts.
func (s *stops[T]) twoMoves(w *walker[T], n int) bool {
	return !w.settings.Method.Ahead && w.settings.Method.mu(n) != 0
}

// promising measures the moves of step n, and reports whether a sample asks for a
// gradient.
func (s *stops[T]) promising(w *walker[T], n int) bool {
	s.measure(w, n)
	clear(s.near)
	clear(s.other) // of the step, or the panel, before
	w.table.WeightedDistance(s.near, w.z(n+1), s.start(w, n), s.rule.scale, w.latents, w.panel.vecs)
	if s.twoMoves(w, n) {
		w.table.WeightedDistance(s.other, w.z(n+1), w.z(n), s.rule.scale, w.latents, w.panel.vecs)
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

// hold visits the elements of samples that had stopped before step n.
func (s *stops[T]) hold(w *walker[T], n int, visit func(i int)) {
	if s.stopped == 0 {
		return
	}
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

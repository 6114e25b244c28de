package kernels

import (
	"testing"

	"github.com/inversenet/inversenet/internal/testkit"
)

// A tally counts what a sweep did and found.
type tally struct {
	calls, judged, operands          int
	failures                         int
	canaries, inputs, places, errors int // failures by kind
	worst, share                     float64
}

func (t *tally) add(u tally) {
	t.calls, t.judged, t.operands = t.calls+u.calls, t.judged+u.judged, t.operands+u.operands
	t.failures, t.errors = t.failures+u.failures, t.errors+u.errors
	t.canaries, t.inputs, t.places = t.canaries+u.canaries, t.inputs+u.inputs, t.places+u.places
}

// A sweep runs the trials of one kernel on all places.
type sweep[T Float] struct {
	t      testing.TB
	name   string
	places []place
	arenas map[arenaKey]*arena[T]
	tally
}

// arenaKey: there are small and large ones, for each operand.
type arenaKey struct{ operand, size int }

func (s *sweep[T]) arena(k, n int) *arena[T] {
	size := 1 << 11
	for size < n {
		size *= 4
	}
	key := arenaKey{k, size}
	if s.arenas[key] == nil {
		s.arenas[key] = newArena[T](s.t, size)
	}
	return s.arenas[key]
}

func (s *sweep[T]) fail(kind *int, format string, args ...any) {
	s.t.Helper()
	*kind++
	if s.failures++; s.failures <= 5 {
		s.t.Errorf(s.name+", "+format, args...)
	}
}

// run calls the kernel once on each place. The first result is judged, the others
// must have its bits.
func (s *sweep[T]) run(tr trial[T]) {
	places := s.places
	if tr.large {
		places = []place{front, back, 1}
	}
	var judged [][]T
	for _, at := range places {
		after := s.callAt(&tr, at)
		if judged == nil {
			s.judge(&tr, after)
			judged = after
			continue
		}
		for k, o := range tr.operands {
			if o.written != nil && !SameBits(after[k], judged[k]) {
				s.fail(&s.tally.places, "%s: %s differs at place %d from place %d", tr.shape, o.name, at, places[0])
			}
		}
	}
}

// callAt puts the operands into their arenas, calls the kernel, checks inputs and
// canaries, and returns copies of what was written.
func (s *sweep[T]) callAt(tr *trial[T], at place) [][]T {
	p, after := make([][]T, len(tr.operands)), make([][]T, len(tr.operands))
	starts := make([]int, len(p))
	for k, o := range tr.operands {
		a, n := s.arena(k, len(o.data)), len(o.data)
		starts[k] = a.start(at, k, n)
		p[k] = a.memory[starts[k] : starts[k]+n : starts[k]+n]
		copy(p[k], o.data)
	}
	testkit.MustNotFault(s.t, func() { tr.call(p) })
	s.calls++
	for k, o := range tr.operands {
		a, n := s.arena(k, len(o.data)), len(o.data)
		s.operands++
		if !a.intact(starts[k], n) {
			s.fail(&s.canaries, "%s: wrote outside of %s at place %d", tr.shape, o.name, at)
		}
		after[k] = o.data
		if o.written != nil {
			after[k] = append([]T(nil), p[k]...)
		} else if !SameBits(p[k], o.data) {
			s.fail(&s.inputs, "%s: changed the input %s at place %d", tr.shape, o.name, at)
		}
		a.wipe(starts[k], starts[k]+n)
	}
	return after
}

func (s *sweep[T]) judge(tr *trial[T], after [][]T) {
	for k, o := range tr.operands {
		if o.written == nil {
			continue
		}
		for i, got := range after[k] {
			if !o.written(i) {
				if !SameBits(after[k][i:i+1], o.data[i:i+1]) {
					s.fail(&s.canaries, "%s: wrote element %d of %s", tr.shape, i, o.name)
				}
				continue
			}
			s.judged++
			err, bound := tr.judge(k, i, got, after)
			if !(err <= bound) {
				s.fail(&s.errors, "%s: element %d of %s is %v, off by %.3g, allowed %.3g", tr.shape, i, o.name, got, err, bound)
			}
			s.worst = max(s.worst, err)
			if bound > 0 {
				s.share = max(s.share, err/bound)
			}
		}
	}
}

package kernels

import (
	"bytes"
	"math"
	"math/rand/v2"
	"testing"
	"unsafe"

	"github.com/inversenet/inversenet/internal/testkit"
)

// A place is where an operand lies: flush against the guard page before it or
// after it, or some elements from alignment to a vector.
type place int

const (
	front     place = -1
	back      place = -2
	numOffset       = 16
)

var (
	somePlaces = []place{front, back, 0, 1, 7}
	allPlaces  = []place{front, back, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}
)

// canaryBits is NaN as one float64 and as two float32.
const canaryBits = 0xFFF8A5A5_7FC5A5A5

func canary[T Float]() T { return encoding[T](canaryBits) }

// blank returns n canaries.
func blank[T Float](n int) []T {
	s := make([]T, n)
	for i := range s {
		s[i] = canary[T]()
	}
	return s
}

// An arena is whole pages between two guard pages, full of canaries but for the
// operand that lies in it.
type arena[T Float] struct{ memory []T }

// margin is how far around an operand canaries are looked at.
const margin = 512

var blank32, blank64 = blank[float32](margin), blank[float64](margin)

func blankMargin[T Float]() []T {
	if s, ok := any(blank32).([]T); ok {
		return s
	}
	return any(blank64).([]T)
}

func newArena[T Float](tb testing.TB, n int) *arena[T] {
	const page = 4096
	bytes := (n + 2*margin + numOffset) * sizeof[T]()
	a := &arena[T]{testkit.GuardedSlice[T](tb, (bytes+page-1)/page*page/sizeof[T](), true)}
	a.wipe(0, len(a.memory))
	return a
}

func (a *arena[T]) wipe(start, end int) {
	for start < end {
		start += copy(a.memory[start:end], blankMargin[T]())
	}
}

// start is the first element of operand k with n elements. Operands of one call
// lie at different offsets.
func (a *arena[T]) start(at place, k, n int) int {
	switch at {
	case front:
		return 0
	case back:
		return len(a.memory) - n
	default:
		return margin + (int(at)+5*k)%numOffset
	}
}

// intact tells whether the canaries around an operand are, and puts them back.
func (a *arena[T]) intact(start, n int) bool {
	before, after := max(start-margin, 0), min(start+n+margin, len(a.memory))
	ok := same(a.memory[before:start], blankMargin[T]()[:start-before]) && same(a.memory[start+n:after], blankMargin[T]()[:after-start-n])
	if !ok {
		a.wipe(before, start)
		a.wipe(start+n, after)
	}
	return ok
}

// same compares bits.
func same[T Float](a, b []T) bool { return bytes.Equal(raw(a), raw(b)) }

func raw[T Float](s []T) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(s))), len(s)*sizeof[T]())
}

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
			if o.written != nil && !same(after[k], judged[k]) {
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
		} else if !same(p[k], o.data) {
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
				if !same(after[k][i:i+1], o.data[i:i+1]) {
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

// An isolation compares what a kernel makes of clean operands and of operands
// with one group poisoned.
type isolation[T Float] struct {
	t                        testing.TB
	name                     string
	rng                      *rand.Rand
	full                     bool
	calls, compared, changed int
}

// poisons are values that a sum, a maximum or a quotient might spread: NaN,
// infinities, numbers below the normal ones, the largest ones.
func poisons[T Float]() []T {
	if sizeof[T]() == 4 {
		return []T{T(math.NaN()), T(math.Inf(1)), T(math.Inf(-1)), encoding[T](1), encoding[T](0x807FFFFF), T(math.MaxFloat32), T(-math.MaxFloat32), encoding[T](0x7F800001)}
	}
	huge := math.MaxFloat64
	return []T{T(math.NaN()), T(math.Inf(1)), T(math.Inf(-1)), encoding[T](1), encoding[T](0x800FFFFF_FFFFFFFF), T(huge), T(-huge), encoding[T](0x7FF00000_00000001)}
}

func (s *isolation[T]) run(tr trial[T]) {
	clean := s.call(&tr, nil)
	for _, d := range tr.divisions {
		victims := []int{0, d.groups / 2, d.groups - 1}
		if s.full {
			victims = nil
			for v := range d.groups {
				victims = append(victims, v)
			}
		}
		for _, victim := range victims {
			for poison := range len(poisons[T]()) + 1 {
				dirty := s.call(&tr, func(k, i int, v *T) {
					if d.group(k, i) == victim {
						*v = s.poison(poison)
					}
				})
				s.compare(&tr, d, victim, clean, dirty)
			}
		}
	}
}

// poison gives value i of the poisons, any of them beyond the last.
func (s *isolation[T]) poison(i int) T {
	all := poisons[T]()
	if i == len(all) {
		i = s.rng.IntN(len(all))
	}
	return all[i]
}

// call runs a trial on copies of its operands, after change had a look at each
// element that the kernel reads.
func (s *isolation[T]) call(tr *trial[T], change func(k, i int, v *T)) [][]T {
	p := make([][]T, len(tr.operands))
	for k, o := range tr.operands {
		p[k] = append([]T(nil), o.data...)
		for i := range p[k] {
			if change != nil && !o.fresh {
				change(k, i, &p[k][i])
			}
		}
	}
	tr.call(p)
	s.calls++
	return p
}

func (s *isolation[T]) compare(tr *trial[T], d division, victim int, clean, dirty [][]T) {
	for k, o := range tr.operands {
		if o.written == nil {
			continue
		}
		for i := range clean[k] {
			if d.group(k, i) == victim {
				continue
			}
			s.compared++
			if !same(clean[k][i:i+1], dirty[k][i:i+1]) {
				if s.changed++; s.changed <= 5 {
					s.t.Errorf("%s, %s: poison in %s %d changed element %d of %s from %v to %v", s.name, tr.shape, d.name, victim, i, o.name, clean[k][i], dirty[k][i])
				}
			}
		}
	}
}

func uintptrOf[T Float](p *T) uintptr { return uintptr(unsafe.Pointer(p)) }

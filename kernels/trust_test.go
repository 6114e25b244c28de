package kernels

import (
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
)

// The trust sweep calls every kernel on every instruction set, for both types,
// with every size up to twice the lanes and one in each dimension, between guard
// pages and at every offset from alignment, and holds each element against sums
// that are compensated or functions that have 200 bits. A few of the sizes are
// run always, all of them with INVERSENET_TRUST=1:
//
//	INVERSENET_TRUST=1 go test -count=1 -v -run Trust ./kernels
//
// The rows it prints are those of TRUST.md.

func fullTrust() bool { return os.Getenv("INVERSENET_TRUST") == "1" }

// A subject is a kernel with the trials it is put to.
type subject[T Float] struct {
	name   string
	unit   string // of the error
	bound  string // on the error, in that unit
	trials func(s *shapes[T], try func(trial[T]))
}

func subjects[T Float](table *Table[T]) []subject[T] {
	all := []subject[T]{productSubject[T](), outerSubject[T]()}
	all = append(all, layoutSubjects[T]()...)
	all = append(all, mapSubjects[T]()...)
	all = append(all, reductionSubjects[T]()...)
	all = append(all, functionSubjects(table)...)
	return append(all, activateSubjects[T]()...)
}

// A trial is one call of a kernel and what must become of its operands.
type trial[T Float] struct {
	shape    string
	large    bool // beyond one assembly call: on fewer places
	operands []operand[T]
	call     func(p [][]T)

	// judge gives the error of element i of operand k, and its bound; p holds the
	// operands after the call.
	judge func(k, i int, got T, p [][]T) (err, bound float64)

	divisions []division
}

// An operand is an array that a trial works on. Elements for which written is
// false, all of them where it is nil, must keep their bits. A fresh one holds
// nothing yet that the kernel may read.
type operand[T Float] struct {
	name    string
	data    []T
	written func(i int) bool
	fresh   bool
}

// A division divides the operands of a trial into groups that must not influence
// each other, such as the samples of a panel. group is negative for elements that
// belong to all of them.
type division struct {
	name   string
	groups int
	group  func(k, i int) int
}

// shapes are the sizes that a sweep goes through, and what its data come from.
type shapes[T Float] struct {
	table *Table[T]
	full  bool
	rng   *rand.Rand
}

func newShapes[T Float](table *Table[T], full bool) *shapes[T] {
	return &shapes[T]{table, full, rand.New(rand.NewPCG(51, 52))}
}

// upTo lists the sizes from 1 to a limit, or those around the lanes.
func (s *shapes[T]) upTo(limit int) []int {
	if !s.full {
		l := s.table.lanes
		return []int{1, l - 1, l, l + 1, limit}
	}
	sizes := make([]int, limit)
	for i := range sizes {
		sizes[i] = i + 1
	}
	return sizes
}

// rows lists numbers of rows, up to twice the lanes or the rows of a register tile.
func (s *shapes[T]) rows() []int { return s.upTo(2*max(s.table.lanes, s.table.tile) + 1) }

// mapRows adds a number of rows that takes two assembly calls.
func (s *shapes[T]) mapRows() []int {
	if !s.full {
		return s.rows()
	}
	return append(s.rows(), mapBudget/2+3)
}

// numbers are random, of magnitudes that differ by up to 2¹⁶, with zeros among
// them.
func (s *shapes[T]) numbers(n int) []T {
	v := random[T](s.rng, n)
	for i := range v {
		scale := s.rng.IntN(18) - 8
		switch {
		case scale > 8:
			v[i] = 0
		case scale < 0:
			v[i] /= T(int(1) << -scale)
		default:
			v[i] *= T(int(1) << scale)
		}
	}
	return v
}

// panel has numbers in the samples of vecs vectors and canaries in the others.
func (s *shapes[T]) panel(rows, vecs int) []T {
	return s.outside(s.numbers(rows*s.table.Width()), vecs*s.table.lanes)
}

// outside puts canaries, which are NaN, into the lanes of a panel from one on.
func (s *shapes[T]) outside(panel []T, from int) []T {
	for i := range panel {
		if i%s.table.Width() >= from {
			panel[i] = canary[T]()
		}
	}
	return panel
}

// inside tells the elements of a panel that belong to vecs vectors.
func (s *shapes[T]) inside(vecs int) func(i int) bool {
	width, samples := s.table.Width(), vecs*s.table.lanes
	return func(i int) bool { return i%width < samples }
}

// samples splits operands that are panels, but for the shared ones.
func (s *shapes[T]) samples(vecs int, shared ...int) []division {
	width := s.table.Width()
	return []division{{"samples", vecs * s.table.lanes, func(k, i int) int {
		for _, none := range shared {
			if k == none {
				return -1
			}
		}
		return i % width
	}}}
}

func everywhere(int) bool { return true }

func TestTrustAccuracyAndMemory(t *testing.T) {
	report(t, "Errors are in units in the last place (ulp), or in the eps of the type, 2⁻²³ or 2⁻⁵², times the sum of the magnitudes of all terms.\n")
	report(t, "| kernel | instruction set | type | calls | elements judged | worst error | bound | worst error by its bound | failures |")
	report(t, "|---|---|---|---|---|---|---|---|---|")
	onEveryISA(t, testTrustAccuracy[float32], testTrustAccuracy[float64])
}

// testTrustAccuracy makes one row for each kernel, and one for what is counted
// over all of them.
func testTrustAccuracy[T Float](t *testing.T, table *Table[T]) {
	var total tally
	for _, subject := range subjects(table) {
		s := &sweep[T]{t: t, name: subject.name, arenas: map[arenaKey]*arena[T]{}, places: somePlaces}
		if fullTrust() {
			s.places = allPlaces
		}
		subject.trials(newShapes(table, fullTrust()), s.run)
		if s.calls == 0 || s.judged == 0 {
			t.Errorf("%s: nothing was tried", subject.name)
		}
		report(t, "| %s | %v | %T | %d | %d | %.3g %s | %s | %.2f | %d |", subject.name, table.isa, T(0), s.calls, s.judged, s.worst, subject.unit, subject.bound, s.share, s.failures)
		total.add(s.tally)
	}
	report(t, "| all | %v | %T | %d | %d | guard pages touched 0 times, %d canaries overwritten, %d of %d operands changed that are inputs, %d results depend on the place | | | %d |",
		table.isa, T(0), total.calls, total.judged, total.canaries, total.inputs, total.operands, total.places, total.failures)
}

func TestTrustSamplesApart(t *testing.T) {
	report(t, "| kernel | instruction set | type | calls | elements compared | elements changed |")
	report(t, "|---|---|---|---|---|---|")
	onEveryISA(t, testTrustSamplesApart[float32], testTrustSamplesApart[float64])
}

// testTrustSamplesApart poisons one sample, row or column at a time.
func testTrustSamplesApart[T Float](t *testing.T, table *Table[T]) {
	var calls, compared, changed int
	for _, subject := range subjects(table) {
		s := &isolation[T]{t: t, name: subject.name, rng: rand.New(rand.NewPCG(53, 54)), full: fullTrust()}
		subject.trials(newShapes(table, false), s.run)
		if s.calls == 0 || s.compared == 0 && s.divided {
			t.Errorf("%s: nothing was tried", subject.name)
		}
		report(t, "| %s | %v | %T | %d | %d | %d |", subject.name, table.isa, T(0), s.calls, s.compared, s.changed)
		calls, compared, changed = calls+s.calls, compared+s.compared, changed+s.changed
	}
	report(t, "| all | %v | %T | %d | %d | %d |", table.isa, T(0), calls, compared, changed)
}

// report writes a line of a table in the full sweep.
func report(t *testing.T, format string, args ...any) {
	if fullTrust() {
		fmt.Fprintf(t.Output(), format+"\n", args...)
	}
}

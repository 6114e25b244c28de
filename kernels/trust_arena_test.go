package kernels

import (
	"os"
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
	page := os.Getpagesize()
	size := (n + 2*margin + numOffset) * sizeof[T]()
	a := &arena[T]{testkit.GuardedSlice[T](tb, (size+page-1)/page*page/sizeof[T](), true)}
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
	ok := SameBits(a.memory[before:start], blankMargin[T]()[:start-before]) && SameBits(a.memory[start+n:after], blankMargin[T]()[:after-start-n])
	if !ok {
		a.wipe(before, start)
		a.wipe(start+n, after)
	}
	return ok
}

func uintptrOf[T Float](p *T) uintptr { return uintptr(unsafe.Pointer(p)) }

package kernels

import (
	"math"
	"math/rand/v2"
	"testing"
)

// An isolation compares what a kernel makes of clean operands and of operands
// with one group poisoned.
type isolation[T Float] struct {
	t                        testing.TB
	name                     string
	rng                      *rand.Rand
	full                     bool
	calls, compared, changed int
	divided                  bool // whether there is anything to keep apart
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
		s.divided = true
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
			if !SameBits(clean[k][i:i+1], dirty[k][i:i+1]) {
				if s.changed++; s.changed <= 5 {
					s.t.Errorf("%s, %s: poison in %s %d changed element %d of %s from %v to %v", s.name, tr.shape, d.name, victim, i, o.name, clean[k][i], dirty[k][i])
				}
			}
		}
	}
}

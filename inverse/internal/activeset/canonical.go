package activeset

import (
	"math"
	"slices"
)

// canonical reports whether the factor is the one that assemble would make.
func (s *Solver) canonical() bool {
	if !s.pristine {
		return false
	}
	for _, j := range s.support[len(s.p.core):] {
		if s.z[j] == 0 {
			return false
		}
	}
	return true
}

// collect makes members of the support, in ascending order. One that happens to be
// 0 stays at 0 without being a member.
func (s *Solver) collect() {
	s.members = s.members[:0]
	for _, j := range s.support[len(s.p.core):] {
		s.inside[j] = false
		if s.z[j] != 0 {
			s.members = append(s.members, j)
		} else {
			s.place(j, 0)
		}
	}
	slices.Sort(s.members)
}

// residual is the largest gradient that is left within the support.
func (s *Solver) residual() (worst float64) {
	for i, j := range s.support {
		worst = max(worst, s.r[j]-s.on[i].slope, s.on[i].slope-s.r[j])
	}
	return worst
}

// refine takes one step of iterative refinement, unless it would leave a piece.
func (s *Solver) refine() {
	target := s.target[:len(s.support)]
	for i, j := range s.support {
		target[i] = s.r[j] - s.on[i].slope
	}
	s.f.forward(target)
	s.f.backward(target)
	for i, j := range s.support {
		target[i] += s.z[j]
	}
	if _, block := s.reach(target); block < 0 {
		for i, j := range s.support {
			s.z[j] = target[i]
		}
	}
}

// change is Σ|Δz| since before, where the support is still the same.
func (s *Solver) change() (sum float64) {
	if len(s.support) != len(s.p.core)+len(s.members) {
		return math.Inf(1)
	}
	for _, j := range s.support {
		sum += math.Abs(s.z[j] - s.before[j])
	}
	return sum
}

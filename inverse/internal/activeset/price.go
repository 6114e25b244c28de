package activeset

import "math"

// A violation is a latent that exceeds its threshold, by how much, and where it
// wants to go.
type violation struct {
	latent    int
	excess    float64
	direction float64
	from      float64 // its value
}

// violators lists what exceeds its threshold by more than the tolerance, the
// largest excess first: more than one only where the support is large, and then those
// that are at least half of the largest, up to an eighth of the support.
func (s *Solver) violators(tolerance float64) []violation {
	s.violations = s.violations[:0]
	j := s.worst(tolerance)
	if j < 0 {
		return nil
	}
	s.violations = append(s.violations, s.violation(j))
	if most := len(s.support) / 8; most > 1 {
		s.others(most)
	}
	return s.violations
}

// worst is the latent that exceeds its threshold most, by more than the tolerance;
// −1 where there is none.
func (s *Solver) worst(tolerance float64) int {
	switch {
	case s.p.oneSided:
		return largest(s.r, s.up, tolerance)
	case s.p.symmetric:
		return largestAbs(s.r, s.up, tolerance)
	}
	latent := -1
	up, down := s.up[:len(s.r)], s.down[:len(s.r)]
	for j, v := range s.r {
		if d := max(v-up[j], -v-down[j]); d > tolerance {
			latent, tolerance = j, d
		}
	}
	return latent
}

// largest is the index of the largest r − up above the given floor, which is positive;
// −1 where there is none. The lengths are equal and a multiple of 4.
//
// Positive numbers are ordered as their bits are, and integers have a maximum
// without a branch.
func largest(r, up []float64, floor float64) int {
	at, best := -1, int64(math.Float64bits(floor))
	up = up[:len(r)]
	for i := 3; i < len(r); i += 4 {
		a := int64(math.Float64bits(r[i-3] - up[i-3]))
		b := int64(math.Float64bits(r[i-2] - up[i-2]))
		c := int64(math.Float64bits(r[i-1] - up[i-1]))
		d := int64(math.Float64bits(r[i] - up[i]))
		if m := max(a, b, c, d); m > best {
			at, best = i-3+first(m, a, b, c), m
		}
	}
	return at
}

// largestAbs is largest for |r| − up.
func largestAbs(r, up []float64, floor float64) int {
	at, best := -1, int64(math.Float64bits(floor))
	up = up[:len(r)]
	for i := 3; i < len(r); i += 4 {
		a := int64(math.Float64bits(math.Abs(r[i-3]) - up[i-3]))
		b := int64(math.Float64bits(math.Abs(r[i-2]) - up[i-2]))
		c := int64(math.Float64bits(math.Abs(r[i-1]) - up[i-1]))
		d := int64(math.Float64bits(math.Abs(r[i]) - up[i]))
		if m := max(a, b, c, d); m > best {
			at, best = i-3+first(m, a, b, c), m
		}
	}
	return at
}

// first is which of a, b, c is m, or else 3.
func first(m, a, b, c int64) int {
	switch m {
	case a:
		return 0
	case b:
		return 1
	case c:
		return 2
	}
	return 3
}

// violation is that of latent j.
func (s *Solver) violation(j int) violation {
	up, down := s.r[j]-s.up[j], -s.r[j]-s.down[j]
	if up >= down {
		return violation{j, up, 1, s.z[j]}
	}
	return violation{j, down, -1, s.z[j]}
}

// others adds up to most further violations, in order.
func (s *Solver) others(most int) {
	worst := s.violations[0].latent
	least := s.violations[0].excess / 2
	up, down := s.up[:len(s.r)], s.down[:len(s.r)]
	for j, v := range s.r {
		if v-up[j] <= least && -v-down[j] <= least || j == worst {
			continue
		}
		new := s.violation(j)
		at := len(s.violations)
		if at <= most {
			s.violations = append(s.violations, new)
		} else {
			at--
		}
		for ; at > 1 && s.violations[at-1].excess < new.excess; at-- {
			s.violations[at] = s.violations[at-1]
		}
		s.violations[at] = new
		if len(s.violations) > most {
			least = s.violations[most].excess
		}
	}
}

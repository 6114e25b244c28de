package activeset

import (
	"math"
	"slices"
)

// pivot changes the support until it is optimal. One latent enters at a time, that
// whose gradient is most on the wrong side; those that the move to the new minimum
// would carry off their piece leave. Since all in the support stand inside of their
// pieces, each round lowers the objective, so that no support comes twice.
func (s *Solver) pivot() Status {
	limit := s.MaxPivots
	if limit == 0 {
		limit = 100 + 10*len(s.z)
	}
	s.settle()
	checked, refined := false, false
	for s.pivots < limit {
		s.correlate()
		tolerance := s.tolerance()
		if checked {
			tolerance *= 16 // a rounding error apart from what was found optimal before
		}
		if j, direction := s.violator(tolerance); j >= 0 {
			s.enter(j, direction)
			checked, refined = false, false
			continue
		}
		switch {
		case !s.canonical():
			s.collect()
			s.assemble()
			s.settle()
			checked = true
		case !refined && s.residual() > tolerance:
			s.refine()
			refined, checked = true, true
		default:
			return Optimal
		}
	}
	s.correlate()
	return PivotLimit
}

// tolerance is about the rounding error of r: a sum of terms Ã_js·z_s, with the
// elements of Ã below 2, that cancels c.
func (s *Solver) tolerance() float64 {
	sum := s.fixedNorm
	for _, j := range s.support {
		sum += math.Abs(s.z[j])
	}
	return 8 * epsilon * (2*sum + s.cMax)
}

// correlate: r = base − Σ_S z_s·Ã_s, which is c − Ãz.
func (s *Solver) correlate() {
	for i, j := range s.support {
		s.rows.coef[s.slot[i]] = -s.z[j]
	}
	copy(s.r, s.base)
	s.rows.accumulate(s.r)
}

// violator is the latent that exceeds its threshold most, by more than the
// tolerance, and where it wants to go; −1 where there is none.
func (s *Solver) violator(tolerance float64) (latent int, direction float64) {
	latent, direction = -1, 1
	r := s.r[:len(s.z)]
	up, down := s.up[:len(r)], s.down[:len(r)]
	for j, v := range r {
		if d := v - up[j]; d > tolerance {
			tolerance, latent, direction = d, j, 1
		}
		if d := -v - down[j]; d > tolerance {
			tolerance, latent, direction = d, j, -1
		}
	}
	return latent, direction
}

// enter lets latent j leave its breakpoint, and moves the support to its minimum.
func (s *Solver) enter(j int, direction float64) {
	s.pivots++
	v := s.z[j]
	lo, hi, slope := s.p.piece(j, v, direction)
	if v != 0 {
		s.hold(j, -v)
		s.fixedNorm -= 2 * math.Abs(v)
		s.substitute()
	}
	s.moved = false
	s.insert(j, direction, lo, hi, slope)
	s.settle()
	switch {
	case s.moved:
		for _, i := range s.rejected {
			if !s.inside[i] {
				s.place(i, s.z[i])
			}
		}
		s.rejected = s.rejected[:0]
	case !s.inside[j]:
		s.up[j], s.down[j] = math.Inf(1), math.Inf(1)
		s.rejected = append(s.rejected, j)
	}
}

// insert takes latent j into the support, with the value that z has for it. While
// it depends on those that are there, it slides along the combination that
// leaves Wz alone, in the given direction, until one of them has reached the end of
// its piece and left. It reports false where it was j that arrived at an end, or
// where nothing has one.
func (s *Solver) insert(j int, direction, lo, hi, slope float64) bool {
	row := s.p.gram.row(j)
	for {
		schur := s.f.extend(row, s.support, j)
		if schur > dependent(len(s.support)) {
			s.pristine = s.pristine && (len(s.support) == len(s.p.core) || s.support[len(s.support)-1] < j)
			s.f.push(schur, s.base[j]-slope)
			s.support = append(s.support, j)
			s.slot = append(s.slot, s.rows.take(row))
			s.lo, s.hi, s.slope = append(s.lo, lo), append(s.hi, hi), append(s.slope, slope)
			s.up[j], s.down[j] = math.Inf(1), math.Inf(1)
			s.inside[j] = true
			return true
		}
		if !s.slide(j, direction, lo, hi) {
			return false
		}
	}
}

// slide moves z along the null vector of the support and j until something stops
// it, with the row of j that extend has left behind the factor. It reports false
// where that is j, which is outside of the support then.
func (s *Solver) slide(j int, direction, lo, hi float64) bool {
	n := len(s.support)
	null := s.target[:n]
	copy(null, s.f.row(n))
	s.f.backward(null)
	step := (hi - s.z[j]) * direction
	if direction < 0 {
		step = s.z[j] - lo
	}
	block := -1
	for i, v := range null {
		v *= -direction
		null[i] = v
		if d, ok := s.room(i, v); ok && math.Abs(v) > 1e-9 && d < step*math.Abs(v) {
			step, block = d/math.Abs(v), i
		}
	}
	if math.IsInf(step, 1) {
		return false
	}
	s.moved = s.moved || step > 0
	s.z[j] += step * direction
	for i, v := range null {
		l := s.support[i]
		s.z[l] = min(max(s.z[l]+step*v, s.lo[i]), s.hi[i])
	}
	if block >= 0 {
		end := s.hi[block]
		if null[block] < 0 {
			end = s.lo[block]
		}
		s.leave(block, end)
		return true
	}
	s.place(j, hi)
	if direction < 0 {
		s.place(j, lo)
	}
	if v := s.z[j]; v != 0 {
		s.hold(j, v)
		s.substitute()
	}
	return false
}

// room is how far member i is from the end of its piece in direction v.
func (s *Solver) room(i int, v float64) (d float64, ok bool) {
	z := s.z[s.support[i]]
	if v > 0 {
		return s.hi[i] - z, !math.IsInf(s.hi[i], 1)
	}
	return z - s.lo[i], !math.IsInf(s.lo[i], -1)
}

// settle moves the support to its minimum, and takes out what would leave its
// piece on the way, one after the other.
func (s *Solver) settle() {
	for len(s.support) > 0 {
		if s.stale {
			s.substitute()
		}
		target := s.target[:len(s.support)]
		copy(target, s.f.y)
		s.f.backward(target)
		step, block := s.reach(target)
		for i, j := range s.support {
			s.z[j] += step * (target[i] - s.z[j])
		}
		s.moved = s.moved || step > 0
		if block < 0 {
			for i, j := range s.support {
				s.z[j] = target[i]
			}
			return
		}
		end := s.lo[block]
		if target[block] >= s.hi[block] {
			end = s.hi[block]
		}
		s.leave(block, end)
	}
}

// reach is the part of the way to the target, at most 1, that keeps the support
// within its pieces, and the member that stops it, −1 where none does.
func (s *Solver) reach(target []float64) (step float64, block int) {
	step, block = 1, -1
	lo, hi := s.lo[:len(target)], s.hi[:len(target)]
	for i, t := range target {
		if t > lo[i] && t < hi[i] {
			continue
		}
		z := s.z[s.support[i]]
		d := (z - lo[i]) / (z - t)
		if t >= hi[i] {
			d = (hi[i] - z) / (t - z)
		}
		if !(d > 0) { // also where z = t
			d = 0
		}
		if block < 0 || d < step {
			step, block = min(d, 1), i
		}
	}
	return step, block
}

// leave takes member i out of the support and puts it at the end of its piece.
func (s *Solver) leave(i int, end float64) {
	j := s.support[i]
	s.pivots++
	s.pristine = false
	s.f.remove(i)
	s.rows.giveBack(s.slot[i])
	s.support, s.slot = slices.Delete(s.support, i, i+1), slices.Delete(s.slot, i, i+1)
	s.lo, s.hi, s.slope = slices.Delete(s.lo, i, i+1), slices.Delete(s.hi, i, i+1), slices.Delete(s.slope, i, i+1)
	s.inside[j] = false
	s.place(j, end)
	if end != 0 {
		s.hold(j, end)
	}
}

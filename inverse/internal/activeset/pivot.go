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
	refined := false
	retries := 3  // of the rejected
	tight := true // until the support has been found optimal once
	for s.pivots < limit {
		s.lose()
		s.correlate()
		tolerance, slack := s.tolerance(), s.tolerance()*16
		if !tight {
			tolerance = slack
		}
		if list := s.violators(tolerance); len(list) > 0 {
			s.enter(list)
			tight, refined = true, false
			continue
		}
		tight = false
		if s.canonical() {
			switch {
			case !refined && s.residual() > slack:
				s.refine()
				refined = true
			case len(s.rejected) == 0:
				return Optimal
			case retries > 0:
				retries--
				s.restore()
			default:
				return s.resolved(8 * slack)
			}
			continue
		}
		left := slack - tolerance - s.residual()
		copy(s.before, s.z)
		s.collect()
		s.assemble()
		s.settle()
		// Where base is c itself, r has moved by less than 2·Σ|Δz|, so that a look
		// at it would find nothing.
		if s.canonical() && !s.fixed && 2*s.change() < left && len(s.rejected) == 0 {
			return Optimal
		}
	}
	s.correlate()
	return PivotLimit
}

// resolved tells whether the rejected latents were so for nothing but rounding.
func (s *Solver) resolved(tolerance float64) Status {
	s.restore()
	if s.worst(tolerance) >= 0 {
		return Unresolved
	}
	return Optimal
}

// tolerance is the rounding error that r may have.
func (s *Solver) tolerance() float64 {
	sum := s.fixedNorm
	for _, j := range s.support {
		sum += math.Abs(s.z[j])
	}
	return rounding(sum, s.cMax) * s.doubt
}

// lose raises doubt where there have been more pivots than latents could account
// for. Columns that are nearly alike can make rounding errors lead from support to
// support for ever: the larger the doubt, the less alike columns must be to
// share a support, and the more a gradient must be wrong to count.
func (s *Solver) lose() {
	late := s.pivots - (2*len(s.z) + 32)
	if late <= 0 {
		return
	}
	if d := math.Exp2(float64(late / (len(s.z)/8 + 8))); d > s.doubt {
		s.doubt = d
		s.collect()
		s.assemble()
		s.settle()
	}
}

// rounding is about the rounding error of r = c − Ãz, given Σ|z| and the largest
// |c|: elements of Ã are below 2.
func rounding(sum, cMax float64) float64 { return 8 * epsilon * (2*sum + cMax) }

// correlate: r = base − Σ_S z_s·Ã_s, which is c − Ãz.
func (s *Solver) correlate() {
	s.readRows()
	for i, j := range s.support {
		s.rows.coef[s.slot[i]] = -s.z[j]
	}
	copy(s.r, s.base)
	s.rows.accumulate(s.r)
}

// readRows copies the rows of the support where assemble has left that undone: the
// last support of a sample mostly needs none.
func (s *Solver) readRows() {
	if !s.unread {
		return
	}
	s.unread = false
	core := len(s.p.core)
	for i, j := range s.support[core:] {
		s.slot[core+i] = s.rows.take(s.p.gram.row(j))
	}
}

// enter lets latents leave their breakpoints, and moves the support to its minimum.
// Those that do not stay are rejected until another has stayed.
func (s *Solver) enter(list []violation) {
	inserted := false
	for _, v := range list {
		j, at := v.latent, s.z[v.latent]
		s.pivots++
		on := s.p.piece(j, at, v.direction)
		if at != 0 {
			s.release(j, at)
		}
		end := on.hi
		if v.direction < 0 {
			end = on.lo
		}
		if s.insert(j, on, end) {
			inserted = true
		}
	}
	if inserted {
		s.settle()
	}
	stayed := false
	for _, v := range list {
		j := v.latent
		switch {
		case s.inside[j]:
			stayed = true
		case s.z[j] == v.from:
			s.up[j], s.down[j] = math.Inf(1), math.Inf(1)
			s.rejected = append(s.rejected, j)
		default: // it went to another breakpoint
			stayed = true
		}
	}
	if stayed {
		s.restore()
	}
}

// restore gives the rejected latents their thresholds back.
func (s *Solver) restore() {
	for _, i := range s.rejected {
		if !s.inside[i] {
			s.place(i, s.z[i])
		}
	}
	s.rejected = s.rejected[:0]
}

// insert takes latent j into the support, with the value that z has for it. While
// it depends on those that are there, it slides to the given end of its piece,
// until one of them has reached the end of its own and left. It reports false where
// it was j that arrived, or where no end is finite.
func (s *Solver) insert(j int, on piece, end float64) bool {
	row := s.p.gram.row(j)
	for {
		schur := s.f.extend(row, s.support, j)
		if schur > dependent(len(s.support))*s.doubt*s.doubt {
			s.pristine = s.pristine && (len(s.support) == len(s.p.core) || s.support[len(s.support)-1] < j)
			s.f.push(schur, s.base[j]-on.slope)
			s.support = append(s.support, j)
			slot := 0
			if !s.unread {
				slot = s.rows.take(row)
			}
			s.slot = append(s.slot, slot)
			s.on = append(s.on, on)
			s.up[j], s.down[j] = math.Inf(1), math.Inf(1)
			s.inside[j] = true
			return true
		}
		if !s.slide(j, end) {
			return false
		}
	}
}

// slide moves z along the null vector of the support and j, which leaves Wz alone,
// until something arrives at an end, using the row of j that extend has left behind the
// factor. It reports whether a member of the support did, which has left then.
func (s *Solver) slide(j int, end float64) bool {
	n := len(s.support)
	null := s.target[:n]
	copy(null, s.f.row(n))
	s.f.backward(null)
	step, direction := math.Abs(end-s.z[j]), math.Copysign(1, end-s.z[j])
	block := -1
	for i, v := range null {
		null[i] = -direction * v
		// Whatever depends on j at all does so by more than rounding.
		if d := s.room(i, null[i]); math.Abs(v) > 1e-9 && d < step*math.Abs(v) {
			step, block = d/math.Abs(v), i
		}
	}
	if math.IsInf(step, 1) {
		s.drop(j, s.z[j])
		return false
	}
	s.z[j] += step * direction
	for i, l := range s.support {
		s.z[l] = min(max(s.z[l]+step*null[i], s.on[i].lo), s.on[i].hi)
	}
	if block < 0 {
		s.drop(j, end)
		return false
	}
	to := s.on[block].hi
	if null[block] < 0 {
		to = s.on[block].lo
	}
	s.leave(block, to)
	return true
}

// room is how far member i is from the end of its piece in direction v.
func (s *Solver) room(i int, v float64) float64 {
	z := s.z[s.support[i]]
	if v > 0 {
		return s.on[i].hi - z
	}
	return z - s.on[i].lo
}

// drop puts latent j outside of the support, at the breakpoint v.
func (s *Solver) drop(j int, v float64) {
	s.place(j, v)
	if v != 0 {
		s.hold(j, v)
		s.substitute()
	}
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
		if block < 0 {
			for i, j := range s.support {
				s.z[j] = target[i]
			}
			return
		}
		end := s.on[block].lo
		if target[block] >= s.on[block].hi {
			end = s.on[block].hi
		}
		s.leave(block, end)
	}
}

// reach is the part of the way to the target, at most 1, that keeps the support
// within its pieces, and the member that stops it, −1 where none does.
func (s *Solver) reach(target []float64) (step float64, block int) {
	step, block = 1, -1
	for i, on := range s.on[:len(target)] {
		t := target[i]
		if t > on.lo && t < on.hi {
			continue
		}
		z := s.z[s.support[i]]
		d := (z - on.lo) / (z - t)
		if t >= on.hi {
			d = (on.hi - z) / (t - z)
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
	if !s.unread {
		s.rows.giveBack(s.slot[i])
	}
	s.support, s.slot = slices.Delete(s.support, i, i+1), slices.Delete(s.slot, i, i+1)
	s.on = slices.Delete(s.on, i, i+1)
	s.inside[j] = false
	s.place(j, end)
	if end != 0 {
		s.hold(j, end)
	}
}

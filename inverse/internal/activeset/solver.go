package activeset

import (
	"fmt"
	"math"
	"slices"
)

// A Solver solves problems one sample at a time, and keeps the factor of the last
// answer. It is for one goroutine at a time. Nothing is allocated once it has seen
// the largest problem and support.
type Solver struct {
	// MaxPivots bounds the changes of the support in one call; 0 is 100 + 10·K.
	MaxPivots int

	p       *Problem
	version int

	support []int     // in the factor's order; the problem's core first
	slot    []int     // of the row of each
	on      []piece   // of the penalty that each is on
	target  []float64 // where each would go
	f       factor
	rows    rows

	c, z       []float64 // of all latents, scaled
	before     []float64 // z before it was solved for in canonical order
	r          []float64 // c − Ãz, in whole panel rows
	base       []float64 // c − Ãz without the support
	up, down   []float64 // thresholds of r and −r; +∞ within the support
	inside     []bool    // the support
	members    []int     // of a support that is to be assembled
	violations []violation
	rejected   []int // whose thresholds are +∞ until another has entered

	cMax      float64 // max |c|
	fixedNorm float64 // Σ|z| outside of the support
	pivots    int
	doubt     float64 // 1, or more after many pivots: see [Solver.lose]
	status    Status
	stale     bool // y does not belong to base
	unread    bool // the rows of the support have not been copied yet
	fixed     bool // some latent outside of the support may not be 0
	pristine  bool // the factor was made in canonical order
}

// A Status says how a call of Solve ended.
type Status int

const (
	// Optimal: no latent's gradient is on the wrong side by more than rounding.
	Optimal Status = iota
	// Unresolved: as optimal, but for latents whose gradient is on the wrong side and
	// that depend on the support, as far as A can tell in float64. The columns of
	// such latents differ from combinations of others by less than about 1e-7 of
	// their length, and the sample tells them apart.
	Unresolved
	// PivotLimit: the support had not settled after MaxPivots changes; the answer
	// is feasible, and the certificate says how good.
	PivotLimit
)

func (s Status) String() string {
	switch s {
	case Optimal:
		return "optimal"
	case Unresolved:
		return "unresolved: columns of W are too much alike"
	case PivotLimit:
		return "pivot limit"
	}
	return fmt.Sprintf("Status(%d)", int(s))
}

// Solve sets z to the minimiser of p for c, from the latent start, or from 0 where
// it is nil. The three have K elements, which must be finite; z may be start.
// The answer stays with the solver until the next call, for [Solver.Support],
// [Solver.Certify] and [Solver.Adjoint].
func (s *Solver) Solve(p *Problem, z, c, start []float64) Status {
	s.load(p)
	s.begin(c, start)
	s.status = s.pivot()
	for j, v := range s.z {
		z[j] = v * p.gram.down[j]
	}
	return s.status
}

// Support appends to dst the latents that are free to move, in ascending order.
func (s *Solver) Support(dst []int) []int {
	at := len(dst)
	dst = append(dst, s.support...)
	slices.Sort(dst[at:])
	return dst
}

// Pivots is how many latents have entered or left the support in the last call.
func (s *Solver) Pivots() int { return s.pivots }

// load takes up a problem, and copies what belongs to all of its samples.
func (s *Solver) load(p *Problem) {
	if s.p == p && s.version == p.version {
		return
	}
	g := p.gram
	s.p, s.version = p, p.version
	s.c, s.z = resize(s.c, g.k), resize(s.z, g.k)
	s.before = resize(s.before, g.k)
	s.before = resize(s.before, g.k)
	s.r, s.base = resize(s.r, g.stride), resize(s.base, g.stride)
	s.up, s.down = resize(s.up, g.stride), resize(s.down, g.stride)
	for j := g.k; j < g.stride; j++ {
		s.up[j], s.down[j] = math.Inf(1), math.Inf(1)
	}
	s.support, s.slot = resize(s.support, g.k)[:0], resize(s.slot, g.k)[:0]
	s.on, s.target = resize(s.on, g.k)[:0], resize(s.target, g.k)
	s.rejected, s.members = resize(s.rejected, g.k)[:0], resize(s.members, g.k)[:0]
	s.inside = resize(s.inside, g.k)
	clear(s.inside)
	clear(s.base)
	s.rows.init(g.table, g.stride)
	for _, j := range p.core {
		s.rows.take(g.row(j))
	}
}

// begin puts every latent where it starts.
func (s *Solver) begin(c, start []float64) {
	p := s.p
	s.pivots, s.doubt, s.cMax, s.rejected = 0, 1, 0, s.rejected[:0]
	for _, j := range s.support {
		s.inside[j] = false
	}
	down := p.gram.down[:len(s.c)]
	for j, v := range c[:len(s.c)] {
		v *= down[j]
		s.c[j] = v
		if v = math.Abs(v); v > s.cMax {
			s.cMax = v
		}
	}
	copy(s.z, p.start)
	copy(s.up, p.up)
	copy(s.down, p.down)
	s.members = s.members[:0]
	for j, v := range start {
		v = min(max(v*p.gram.up[j], p.lower[j]), p.upper[j])
		switch {
		case p.gram.dead[j] || p.inCore[j]:
		case p.interior(j, v):
			s.z[j] = v
			s.members = append(s.members, j)
		default:
			s.place(j, v)
		}
	}
	s.fixed = p.offset || start != nil
	s.assemble()
}

// place puts latent j at the breakpoint v, outside of the support.
func (s *Solver) place(j int, v float64) {
	s.z[j] = v
	s.up[j], s.down[j] = s.p.thresholds(j, v)
}

// assemble builds the support in canonical order: the core, then the members,
// ascending, with the values that z has for them. What depends on those before it
// is moved to a breakpoint, at the same Wz. From here on the answer's bits depend on
// nothing but z's zeros and bounds.
func (s *Solver) assemble() {
	p := s.p
	core := len(p.core)
	s.support = append(s.support[:0], p.core...)
	s.slot, s.on = s.slot[:0], s.on[:0]
	for i, j := range p.core {
		s.slot = append(s.slot, i)
		s.on = append(s.on, piece{p.lower[j], p.upper[j], 0})
		s.up[j], s.down[j] = math.Inf(1), math.Inf(1)
		s.inside[j] = true
	}
	s.unread = len(s.members) > 0
	s.rows.reset(core)
	s.f.copy(&p.coreFactor)
	for _, j := range s.members {
		s.inside[j] = true
	}
	copy(s.base, s.c)
	s.fixedNorm = 0
	if s.fixed {
		for j, v := range s.z {
			if v != 0 && !s.inside[j] && !p.gram.dead[j] {
				s.hold(j, v)
			}
		}
	}
	s.substitute()
	for _, j := range s.members {
		s.inside[j] = false
	}
	s.pristine = true
	for _, j := range s.members {
		on := p.piece(j, s.z[j], 0)
		s.insert(j, on, min(max(0, on.lo), on.hi))
	}
}

// hold moves latent j, with the value v, to the fixed part of the gradient.
func (s *Solver) hold(j int, v float64) {
	g := s.p.gram
	g.table.AddScaled(s.base, -v, g.row(j), g.stride/g.table.Width(), 2)
	s.fixedNorm += math.Abs(v)
	s.fixed, s.stale, s.pristine = true, true, false
}

// release takes latent j, with the value v, out of the fixed part again.
func (s *Solver) release(j int, v float64) {
	s.hold(j, -v)
	s.fixedNorm -= 2 * math.Abs(v)
	s.substitute()
}

// substitute makes y = L⁻¹·(base − slope) again after base has changed.
func (s *Solver) substitute() {
	for i, j := range s.support {
		s.f.y[i] = s.base[j] - s.on[i].slope
	}
	s.f.forward(s.f.y)
	s.stale = false
}

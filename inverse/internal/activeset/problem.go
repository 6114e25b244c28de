package activeset

import (
	"fmt"
	"math"
)

// A Problem is what is minimised for a sample with c = Wᵀ(x − b),
//
//	½·zᵀAz − cᵀz + Σ_j λ_j·|z_j|      lower_j ≤ z_j ≤ upper_j
//
// but for ½‖x − b‖². It is read-only between calls of Set and may be shared.
type Problem struct {
	gram         *Gram
	ridge        float64
	lambda       []float64 // scaled, like the bounds
	lower, upper []float64
	start        []float64 // the breakpoint nearest to 0
	up, down     []float64 // thresholds there, see [Problem.thresholds]
	core         []int     // free latents that cost nothing: in every support
	inCore       []bool
	coreFactor   factor
	oneSided     bool // no latent can ever go down from a breakpoint
	symmetric    bool // no bounds: thresholds up and down are the same
	offset       bool // some latent starts elsewhere than at 0
	version      int
}

// NewProblem returns a problem without latents, to be set.
func NewProblem() *Problem { return &Problem{} }

// Terms are the penalty and the bounds, one number for each latent.
type Terms struct {
	// Lambda weighs |z|; nil is 0. Not negative, finite.
	Lambda []float64
	// Lower and Upper bound z; nil is unbounded. Lower may be −∞ and upper +∞;
	// lower ≤ upper, and equal bounds fix a latent.
	Lower, Upper []float64
	// Ridge is what A holds beside WᵀW: A = WᵀW + ridge·I. The minimiser does not
	// depend on knowing it, the gap does.
	Ridge float64
}

// Set states the problem on g, which must not be set again while the problem is
// in use. It panics when a slice of terms is neither nil nor of g's length, or
// holds what Terms does not allow.
func (p *Problem) Set(g *Gram, t Terms) {
	t.check(g.k)
	k := g.k
	p.gram = g
	p.lambda, p.lower, p.upper = resize(p.lambda, k), resize(p.lower, k), resize(p.upper, k)
	p.start, p.up, p.down = resize(p.start, k), resize(p.up, k), resize(p.down, k)
	p.version++
	p.ridge = t.Ridge
	p.offset, p.oneSided, p.symmetric = false, true, true
	for j := range k {
		p.lambda[j], p.lower[j], p.upper[j] = 0, math.Inf(-1), math.Inf(1)
		if t.Lambda != nil {
			p.lambda[j] = t.Lambda[j] * g.down[j]
		}
		if t.Lower != nil {
			p.lower[j] = t.Lower[j] * g.up[j]
		}
		if t.Upper != nil {
			p.upper[j] = t.Upper[j] * g.up[j]
		}
		p.start[j] = min(max(0, p.lower[j]), p.upper[j])
		p.up[j], p.down[j] = p.thresholds(j, p.start[j])
		p.oneSided = p.oneSided && p.lower[j] >= 0 && math.IsInf(p.upper[j], 1)
		p.symmetric = p.symmetric && math.IsInf(p.lower[j], -1) && math.IsInf(p.upper[j], 1)
		p.offset = p.offset || p.start[j] != 0
	}
	p.setCore()
}

func (t Terms) check(k int) {
	for name, v := range map[string][]float64{"λ": t.Lambda, "lower bounds": t.Lower, "upper bounds": t.Upper} {
		if v != nil && len(v) != k {
			panic(fmt.Sprintf("activeset: %d %s for %d latents", len(v), name, k))
		}
	}
	if !(t.Ridge >= 0) || math.IsInf(t.Ridge, 1) {
		panic(fmt.Sprintf("activeset: ridge is %g; it must be finite and not negative", t.Ridge))
	}
	for j, v := range t.Lambda {
		if !(v >= 0) || math.IsInf(v, 1) {
			panic(fmt.Sprintf("activeset: λ of latent %d is %g; it must be finite and not negative", j, v))
		}
	}
	for j := range k {
		lo, hi := math.Inf(-1), math.Inf(1)
		if t.Lower != nil {
			lo = t.Lower[j]
		}
		if t.Upper != nil {
			hi = t.Upper[j]
		}
		if !(lo <= hi) || math.IsInf(lo, 1) || math.IsInf(hi, -1) {
			panic(fmt.Sprintf("activeset: latent %d is bounded by %g and %g; want lower ≤ upper, with finite numbers between them", j, lo, hi))
		}
	}
}

// thresholds says when latent j leaves the breakpoint v of its penalty and bounds:
// upwards when its correlation r = c − Az exceeds up, downwards when −r exceeds
// down. What it can never do has the threshold +∞.
func (p *Problem) thresholds(j int, v float64) (up, down float64) {
	up, down = math.Inf(1), math.Inf(1)
	if p.gram.dead[j] {
		return up, down
	}
	if v < p.upper[j] {
		up = p.lambda[j]
		if v < 0 {
			up = -up
		}
	}
	if v > p.lower[j] {
		down = p.lambda[j]
		if v > 0 {
			down = -down
		}
	}
	return up, down
}

// A piece is an interval on which the penalty of a latent is linear, with its slope.
type piece struct{ lo, hi, slope float64 }

// piece is the one of latent j that holds v, or begins there in the given
// direction (+1 or −1).
func (p *Problem) piece(j int, v, direction float64) piece {
	on := piece{p.lower[j], p.upper[j], p.lambda[j]}
	switch {
	case on.slope == 0:
	case v > 0 || v == 0 && direction > 0:
		on.lo = max(on.lo, 0)
	default:
		on.hi, on.slope = min(on.hi, 0), -on.slope
	}
	return on
}

// interior reports whether v lies within a piece of latent j, and is not 0.
func (p *Problem) interior(j int, v float64) bool {
	return v != 0 && v > p.lower[j] && v < p.upper[j]
}

// setCore factors the part of A that belongs to every support: the latents
// without a penalty and without bounds, as far as they are independent.
func (p *Problem) setCore() {
	g, f := p.gram, &p.coreFactor
	p.core = resize(p.core, g.k)[:0]
	p.inCore = resize(p.inCore, g.k)
	clear(p.inCore)
	f.n = 0
	for j := range g.k {
		if p.lambda[j] > 0 || !math.IsInf(p.lower[j], -1) || !math.IsInf(p.upper[j], 1) || g.dead[j] {
			continue
		}
		if s := f.extend(g.row(j), p.core, j); s > dependent(f.n) {
			f.push(s, 0)
			p.core = append(p.core, j)
			p.inCore[j] = true
		}
	}
}

// dependent is the Schur complement of a column, relative to its diagonal element
// near 1, at which it cannot be told from a combination of n others: the
// move that it would cause is of the order of its correlation over the complement,
// and that move's own rounding exceeds the correlation.
func dependent(n int) float64 { return float64(2*n+32) * epsilon }

const epsilon = 0x1p-52

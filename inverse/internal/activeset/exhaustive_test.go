package activeset

import (
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/inversenet/inversenet/kernels"
)

// TestExhaustive compares the objective of small problems with the best of all
// assignments: each latent is held at a bound or 0, or is free with either sign of its
// penalty, and the free ones are solved for.
func TestExhaustive(t *testing.T) {
	count := 2000
	if os.Getenv("INVERSENET_SLOW") == "1" {
		count = 40_000
	}
	s := &Solver{}
	for seed := range count {
		p := randomSmall(rand.New(rand.NewPCG(uint64(seed), 2)), 4)
		z, _, status := p.solve(kernels.Default[float64](), s)
		got, want := p.objective(z), p.exhaustive()
		size := p.size(z)
		allowed := 1e-12*math.Abs(want) + 1e-14*size*size
		if p.alike { // the minimiser of A's rounding is a little off that of W
			allowed = 1e-3 * size * size
		}
		if status == Unresolved && p.alike {
			continue
		}
		if got > want+allowed {
			t.Errorf("seed %d: %v, objective %g, best %g\n%v\nz=%v", seed, status, got, want, p, z)
		}
	}
}

// exhaustive is the least objective over all assignments that are feasible.
func (p *small) exhaustive() float64 {
	best := math.Inf(1)
	z, sign := make([]float64, p.K), make([]float64, p.K)
	var free []int
	var visit func(k int)
	visit = func(k int) {
		if k == p.K {
			if p.solveFree(z, sign, free) {
				best = min(best, p.objective(z))
			}
			return
		}
		lo, hi := p.limits(k)
		for _, v := range [3]float64{lo, hi, 0} {
			if !math.IsInf(v, 0) && v >= lo && v <= hi {
				z[k] = v
				visit(k + 1)
			}
		}
		free = append(free, k)
		for _, sign[k] = range [2]float64{1, -1} {
			visit(k + 1)
			if p.lambda(k) == 0 {
				break
			}
		}
		free = free[:len(free)-1]
	}
	visit(0)
	return best
}

// solveFree minimises over the free latents, the others staying as they are, by
// orthogonalising their columns of W (with √ridge below). It reports false where
// they are dependent, or where the answer is out of bounds.
func (p *small) solveFree(z, sign []float64, free []int) bool {
	rows := p.J + len(free)
	for _, k := range free {
		z[k] = 0
	}
	e := append(p.residual(z), make([]float64, len(free))...)
	q, r := make([][]float64, len(free)), make([][]float64, len(free))
	for i, k := range free {
		v := make([]float64, rows)
		for j := range p.J {
			v[j] = p.W[j*p.K+k]
		}
		v[p.J+i] = math.Sqrt(p.terms.Ridge)
		size := math.Sqrt(norm2(v))
		r[i] = make([]float64, len(free))
		for range 2 { // twice is enough
			for h := range i {
				c := dot(q[h], v)
				r[h][i] += c
				addScaled(v, -c, q[h])
			}
		}
		r[i][i] = math.Sqrt(norm2(v))
		if !(r[i][i] > 1e-12*size) {
			return false
		}
		scale(1/r[i][i], v)
		q[i] = v
	}
	// RᵀR·z = Qᵀ… : R·z = Qᵀe − R⁻ᵀ(λ·sign).
	b := make([]float64, len(free))
	for i, k := range free {
		b[i] = p.lambda(k) * sign[k]
		for h := range i {
			b[i] -= r[h][i] * b[h]
		}
		b[i] /= r[i][i]
	}
	for i := range free {
		b[i] = dot(q[i], e) - b[i]
	}
	for i := len(free) - 1; i >= 0; i-- {
		for h := i + 1; h < len(free); h++ {
			b[i] -= r[i][h] * z[free[h]]
		}
		z[free[i]] = b[i] / r[i][i]
	}
	for _, k := range free {
		if lo, hi := p.limits(k); z[k] < lo || z[k] > hi {
			return false
		}
	}
	return true
}

package activeset

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/inversenet/inversenet/kernels"
)

// TestSameBits: an answer does not depend on what the solver solved before, on the
// start, or on whether z and the start are the same memory, where the minimiser is
// unique and no latent is at 0 by chance.
func TestSameBits(t *testing.T) {
	forISAs(t, func(t *testing.T, k *kernels.Table[float64]) {
		for _, name := range []string{"nnls-dK256", "lasso-dK256"} {
			p := golden(t, name)
			q, c := p.pose(k)
			used := &Solver{}
			z, start, again := make([]float64, p.K), make([]float64, p.K), make([]float64, p.K)
			for n := range p.B {
				c := c[n*p.K:][:p.K]
				(&Solver{}).Solve(q, z, c, nil)
				used.Solve(q, again, c, nil)
				if !slices.Equal(again, z) {
					t.Fatalf("%s: sample %d depends on those before it", name, n)
				}
				copy(again, start)
				used.Solve(q, again, c, again)
				if !slices.Equal(again, z) {
					t.Errorf("%s: sample %d depends on the start", name, n)
				}
				used.Solve(q, again, c, z)
				if !slices.Equal(again, z) || used.Pivots() != 0 {
					t.Errorf("%s: sample %d from its own answer: %d pivots, or other bits", name, n, used.Pivots())
				}
				copy(start, z)
				for j := range start {
					start[j] += 0.1 * (hashed(5, n*p.K+j) - 0.5)
				}
			}
		}
	})
}

// TestNoAllocation: a solver that has seen a problem allocates nothing.
func TestNoAllocation(t *testing.T) {
	p := golden(t, "lasso-dK256")
	q, c := p.pose(kernels.Default[float64]())
	s, z, u := &Solver{}, make([]float64, p.K), make([]float64, p.K)
	all := func() {
		for n := range p.B {
			s.Solve(q, z, c[n*p.K:][:p.K], nil)
			s.Solve(q, z, c[n*p.K:][:p.K], z)
			s.Certify(1)
			if err := s.Adjoint(u, nil, z); err != nil {
				t.Fatal(err)
			}
		}
	}
	all()
	if n := testing.AllocsPerRun(3, all); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// TestPivotLimit: the answer after too few pivots is feasible, and has a gap.
func TestPivotLimit(t *testing.T) {
	p := golden(t, "nnls-dK100")
	q, c := p.pose(kernels.Default[float64]())
	s, z := &Solver{MaxPivots: 3}, make([]float64, p.K)
	if status := s.Solve(q, z, c[:p.K], nil); status != PivotLimit {
		t.Fatal(status)
	}
	cert := s.Certify(norm2(p.X[:p.J]))
	if d := cert.Objective - p.objective[0]; !(d > 0) || cert.Gap < d || cert.Gap > 100*d || slices.Min(z) < 0 {
		t.Errorf("%+v at a distance of %g, least latent %g", cert, d, slices.Min(z))
	}
	if err := s.Adjoint(z, nil, z); err != ErrUnsettled {
		t.Error(err)
	}
}

// TestScales: powers of two in columns, samples and terms change nothing but the
// exponents of the answer.
func TestScales(t *testing.T) {
	for seed := range 300 {
		p := randomSmall(rand.New(rand.NewPCG(uint64(seed), 3)), 8)
		p.start, p.terms.Ridge = nil, 0
		z, _, _ := p.solve(kernels.Default[float64](), &Solver{})
		up := make([]float64, p.K)
		for k := range up {
			up[k] = math.Ldexp(1, int(40*hashed(seed, k)))
			for j := range p.J {
				p.W[j*p.K+k] *= up[k]
			}
			if p.terms.Lambda != nil {
				p.terms.Lambda[k] *= up[k] * 0x1p-60
			}
			if p.terms.Lower != nil {
				p.terms.Lower[k] *= 0x1p-60 / up[k]
				p.terms.Upper[k] *= 0x1p-60 / up[k]
			}
		}
		scale(0x1p-60, p.x)
		scaled, _, _ := p.solve(kernels.Default[float64](), &Solver{})
		for k, v := range z {
			if scaled[k]*up[k] != v*0x1p-60 {
				t.Fatalf("seed %d: latent %d is %g·2^-60, want %g·2^-60", seed, k, scaled[k]*up[k]*0x1p60, v)
			}
		}
	}
}

// TestRefused: shapes and terms that make no sense panic.
func TestRefused(t *testing.T) {
	g := NewGram(kernels.Default[float64]())
	g.Set(2, []float64{1, 0, 0, 1}, 2)
	nan, inf := math.NaN(), math.Inf(1)
	for _, terms := range []Terms{
		{Lambda: []float64{1}},
		{Lambda: []float64{-1, 0}},
		{Lambda: []float64{nan, 0}},
		{Lambda: []float64{inf, 0}},
		{Lower: []float64{0, 1}, Upper: []float64{1, 0}},
		{Lower: []float64{nan, 0}},
		{Lower: []float64{inf, 0}},
		{Upper: []float64{-inf, 0}},
		{Upper: []float64{0, 0, 0}},
		{Ridge: -1},
		{Ridge: nan},
	} {
		mustPanic(t, func() { NewProblem().Set(g, terms) })
	}
	mustPanic(t, func() { g.Set(2, []float64{1, 0, 0}, 2) })
	mustPanic(t, func() { g.Set(2, []float64{1, 0, 0, 1}, 1) })
	mustPanic(t, func() { g.Set(0, nil, 0) })
}

func mustPanic(t *testing.T, f func()) {
	t.Helper()
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	f()
}

// FuzzSolve looks for a small problem whose answer breaks the optimality conditions.
func FuzzSolve(f *testing.F) {
	for seed := range uint64(20) {
		f.Add(seed, seed, uint8(12))
	}
	s := &Solver{}
	f.Fuzz(func(t *testing.T, a, b uint64, most uint8) {
		p := randomSmall(rand.New(rand.NewPCG(a, b)), 1+int(most%16))
		z, _, status := p.solve(kernels.Default[float64](), s)
		precision := settled
		if status == Unresolved {
			precision = 1e-6
		}
		if err := p.verify(z, precision); err != nil || status == PivotLimit {
			t.Errorf("%v: %v\n%v\nz=%v", status, err, p, z)
		}
	})
}

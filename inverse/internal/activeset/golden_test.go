package activeset

import (
	"math"
	"testing"

	"github.com/inversenet/inversenet/kernels"
)

// forISAs runs f with the table of every instruction set; one that is missing is a
// skip with its name.
func forISAs(t *testing.T, f func(t *testing.T, k *kernels.Table[float64])) {
	for _, isa := range []kernels.ISA{kernels.Go, kernels.AVX2, kernels.AVX512} {
		t.Run(isa.String(), func(t *testing.T) {
			k, err := kernels.For[float64](isa)
			if err != nil {
				t.Skip(err)
			}
			f(t, k)
		})
	}
}

// pose states p on table t, and gives c of each sample.
func (p *named) pose(t *kernels.Table[float64]) (q *Problem, c []float64) {
	g := NewGram(t)
	g.Set(p.K, gram(p.J, p.K, p.W, 0), p.K)
	q = NewProblem()
	q.Set(g, p.terms())
	c = make([]float64, p.B*p.K)
	newCorrelator(t, p).correlate(c)
	return q, c
}

func norm2(x []float64) float64 { return dot(x, x) }

// TestGolden: the objectives, supports and latents that SciPy and SPAMS found, with
// gaps that prove ours.
func TestGolden(t *testing.T) {
	forISAs(t, func(t *testing.T, k *kernels.Table[float64]) {
		for _, name := range []string{"nnls-dK100", "nnls-dK256", "lasso-dK256"} {
			p := golden(t, name)
			q, c := p.pose(k)
			s, z := &Solver{}, make([]float64, p.K)
			for n := range p.B {
				x, want := p.X[n*p.J:][:p.J], p.latents[n*p.K:][:p.K]
				if status := s.Solve(q, z, c[n*p.K:][:p.K], nil); status != Optimal {
					t.Fatalf("%s, sample %d: %v", name, n, status)
				}
				cert := s.Certify(norm2(x))
				if d := math.Abs(cert.Objective - p.objective[n]); d > 1e-9*p.objective[n] {
					t.Errorf("%s, sample %d: objective %.17g, want %.17g", name, n, cert.Objective, p.objective[n])
				}
				if cert.Gap > 1e-12*p.objective[n] || cert.Residual > 1e-12 {
					t.Errorf("%s, sample %d: gap %g and residual %g for the objective %g", name, n, cert.Gap, cert.Residual, p.objective[n])
				}
				size, worst := 0.0, 0.0
				for j, v := range want {
					size, worst = max(size, math.Abs(v)), max(worst, math.Abs(v-z[j]))
				}
				if worst > 1e-8*size {
					t.Errorf("%s, sample %d: latents differ by %g of %g", name, n, worst, size)
				}
			}
		}
	})
}

// TestCertificates: the gap bounds the distance from the optimum, from anywhere,
// and closes at it.
func TestCertificates(t *testing.T) {
	for _, c := range []struct {
		name          string
		ridge, lambda float64
		lower, upper  float64
		finite        bool // for any z
	}{
		{"non-negative", 0, 0, 0, math.Inf(1), true},
		{"non-negative lasso", 0, 0.05, 0, math.Inf(1), true},
		{"lasso", 0, 0.05, math.Inf(-1), math.Inf(1), true},
		{"elastic net", 0.1, 0.05, math.Inf(-1), math.Inf(1), true},
		{"ridge", 0.1, 0, math.Inf(-1), math.Inf(1), true},
		{"box", 0, 0, -0.1, 0.2, true},
		{"box and lasso", 0, 0.05, -0.1, 0.2, true},
		{"non-negative ridge", 0.1, 0, 0, math.Inf(1), true},
		{"free", 0, 0, math.Inf(-1), math.Inf(1), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := golden(t, "nnls-dK100")
			a := gram(p.J, p.K, p.W, c.ridge)
			g, q := NewGram(kernels.Default[float64]()), NewProblem()
			g.Set(p.K, a, p.K)
			q.Set(g, Terms{Lambda: repeat(p.K, c.lambda), Lower: repeat(p.K, c.lower), Upper: repeat(p.K, c.upper), Ridge: c.ridge})
			one := &named{J: p.J, K: p.K, B: 1, W: p.W, X: p.X[:p.J]}
			corr := make([]float64, p.K)
			newCorrelator(g.table, one).correlate(corr)
			s, best := &Solver{}, make([]float64, p.K)
			if status := s.Solve(q, best, corr, nil); status != Optimal {
				t.Fatal(status)
			}
			x2 := norm2(one.X)
			at := s.Certify(x2)
			if !(at.Gap <= 1e-13*x2) || at.Residual > 1e-12 {
				t.Errorf("at the optimum: %+v", at)
			}
			for i := range 20 {
				z, grad := make([]float64, p.K), make([]float64, p.K)
				for j := range z {
					z[j] = min(max(best[j]+math.Exp2(float64(-i))*(hashed(7, i*p.K+j)-0.4), c.lower), c.upper)
				}
				for j := range grad {
					grad[j] = dot(a[j*p.K:][:p.K], z) - corr[j]
				}
				cert := q.Certify(z, grad, corr, x2)
				if c.finite && math.IsInf(cert.Gap, 0) {
					t.Errorf("2^-%d away: no gap", i)
				}
				if d := cert.Objective - at.Objective; !(cert.Gap >= d-1e-13*x2) {
					t.Errorf("2^-%d away: the gap %g is less than the distance %g", i, cert.Gap, d)
				}
				if cert.Residual < 1e-9 {
					t.Errorf("2^-%d away: residual %g", i, cert.Residual)
				}
			}
		})
	}
}

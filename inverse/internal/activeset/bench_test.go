package activeset

import (
	"testing"

	"github.com/inversenet/inversenet/kernels"
)

// BenchmarkOptimum solves 1,000 samples on one core, from W and X: with /all the
// correlations Wᵀx are part of it, with /solve they are given. A is made before either.
// The worst gap is the largest duality gap, relative to the objective, in 1e-15.
func BenchmarkOptimum(b *testing.B) {
	for _, name := range problemNames {
		p := problem(b, name)
		t := kernels.Default[float64]()
		g, q := NewGram(t), NewProblem()
		g.Set(p.K, gram(p.J, p.K, p.W, 0), p.K)
		q.Set(g, p.terms())
		s := &Solver{}
		cor := newCorrelator(t, p)
		c, z := make([]float64, p.B*p.K), make([]float64, p.B*p.K)
		run := func(b *testing.B, correlate bool) {
			cor.correlate(c)
			pivots, support := 0, 0
			b.ReportAllocs()
			for b.Loop() {
				if correlate {
					cor.correlate(c)
				}
				pivots, support = 0, 0
				for n := range p.B {
					s.Solve(q, z[n*p.K:][:p.K], c[n*p.K:][:p.K], nil)
					pivots += s.Pivots()
					support += len(s.support)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*p.B), "us/sample")
			worst := 0.0
			for n := range p.B {
				s.Solve(q, z[:p.K], c[n*p.K:][:p.K], nil)
				cert := s.Certify(norm2(p.X[n*p.J:][:p.J]))
				worst = max(worst, cert.Gap/cert.Objective)
			}
			b.ReportMetric(worst*1e15, "worst-gap/1e-15")
			b.ReportMetric(float64(pivots)/float64(p.B), "pivots")
			b.ReportMetric(float64(support)/float64(p.B), "support")
		}
		b.Run(name+"/all", func(b *testing.B) { run(b, true) })
		b.Run(name+"/solve", func(b *testing.B) { run(b, false) })
	}
}

package bench

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/inversenet/inversenet/internal/arrayfile"
	"github.com/inversenet/inversenet/internal/digits"
	"github.com/inversenet/inversenet/inverse"
	"github.com/inversenet/inversenet/kernels"
)

// BenchmarkOptimum finds the minimisers of 1,000 samples, the last digits divided by
// 16, with atoms from the tests of the solver. Besides the time of a sample it tells
// the worst gap, relative to the objective.
func BenchmarkOptimum(b *testing.B) {
	for _, name := range []string{"nnls-dK100", "nnls-dK256", "lasso-dK256"} {
		benchmarkOptimum[float32](b, name, "float32")
		benchmarkOptimum[float64](b, name, "float64")
	}
}

func benchmarkOptimum[T kernels.Float](b *testing.B, name, element string) {
	w, err := arrayfile.Read[float64]("../inverse/internal/activeset/testdata/"+name+".npz", arrayfile.Options{Array: "W"})
	if err != nil {
		b.Fatal(err)
	}
	pixels, _, err := digits.Load()
	if err != nil {
		b.Fatal(err)
	}
	rows := append([]float64(nil), pixels[797*digits.Pixels:]...)
	for i := range rows {
		rows[i] /= digits.MaxGrey
	}
	x := inverse.FromFloat64[T](len(rows)/digits.Pixels, digits.Pixels, rows)
	g := &inverse.Linear[T]{W: inverse.FromFloat64[T](w.Rows, w.Columns, w.Samples)}
	inner := inverse.Inner{Form: inverse.ExactForm, Prox: inverse.Prox{Kind: inverse.NonNegativeLatents}}
	if strings.HasPrefix(name, "lasso") {
		inner.Prox, inner.Sparse = inverse.Prox{}, 0.1
	}
	for _, isa := range kernels.Available() {
		table, err := kernels.For[T](isa)
		if err != nil {
			b.Fatal(err)
		}
		for _, threads := range []int{1, 2} {
			b.Run(fmt.Sprintf("%s/%s/%v/t%d", name, element, isa, threads), func(b *testing.B) {
				defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(threads))
				s, err := inverse.NewSolver(g, inner, inverse.Compute[T]{Threads: threads, Kernels: table})
				if err != nil {
					b.Fatal(err)
				}
				z, st := inverse.NewMatrix[T](x.Rows, w.Columns), inverse.Stats{}
				if err := s.InvertContext(context.Background(), z, x, &st); err != nil {
					b.Fatal(err)
				}
				worst := 0.0
				for i, gap := range st.Gap { // r is 2, the loss twice the objective
					worst = max(worst, gap/(st.Loss[i]/2))
				}
				b.ReportAllocs()
				for b.Loop() {
					clear(z.Data)
					if err := s.Invert(z, x); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(b.Elapsed().Seconds()*1e6/float64(b.N*x.Rows), "us/sample")
				b.ReportMetric(worst*1e15, "gap-1e-15")
			})
		}
	}
}

package inverse

import (
	"context"
	"testing"
)

// BenchmarkNotebook times one outer iteration of the notebook's run in each
// form.
func BenchmarkNotebook(b *testing.B) {
	b.Run("float32", benchmarkNotebook[float32])
	b.Run("float64", benchmarkNotebook[float64])
}

func benchmarkNotebook[T Float](b *testing.B) {
	for _, form := range []Form{DirectForm, GramForm, ClosedForm} {
		for _, threads := range []int{1, 2} {
			b.Run(form.String()+map[int]string{1: "/t1", 2: "/t2"}[threads], func(b *testing.B) {
				n := newNotebook[T](b)
				n.model.Inner.Form = form
				tr, err := NewTrainer(n.model, n.data, SoftmaxCrossEntropy{}, Outer[T]{GeneratorRate: 1e2, Compute: Compute[T]{Threads: threads}})
				if err != nil {
					b.Fatal(err)
				}
				b.ReportAllocs()
				for b.Loop() {
					if _, err := tr.Step(context.Background()); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

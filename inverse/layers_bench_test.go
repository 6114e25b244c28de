package inverse

import (
	"context"
	"math/rand/v2"
	"testing"

	"github.com/inversenet/inversenet/kernels"
)

// BenchmarkLayers times one outer iteration of the notebook's shapes, on one core,
// with a linear generator and with such of layers.
func BenchmarkLayers(b *testing.B) {
	b.Run("float32", benchmarkLayers[float32])
	b.Run("float64", benchmarkLayers[float64])
}

func benchmarkLayers[T Float](b *testing.B) {
	const steps = 25
	rng := rand.New(rand.NewPCG(81, 82))
	linear := NewMLP[T]([]int{10, 64}, kernels.Identity, rng).Layers[0]
	for _, c := range []struct {
		name string
		g    Generator[T]
	}{
		{"linear", linear},
		{"identity", &Activated[T]{Linear: *linear}},
		{"sigmoid", &Activated[T]{Linear: *linear, Activation: kernels.Sigmoid}},
		{"10-32-64", NewMLP[T]([]int{10, 32, 64}, kernels.Tanh, rng)},
	} {
		b.Run(c.name, func(b *testing.B) {
			n := newNotebook[T](b)
			n.model.Generator = c.g
			n.model.Inner = Inner{Steps: steps, LearningRate: 0.01, Form: DirectForm}
			tr, err := NewTrainer(n.model, n.data, SoftmaxCrossEntropy{}, Outer[T]{Compute: Compute[T]{Threads: 1}})
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

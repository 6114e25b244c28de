package optim

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// network is a list of parameters of the size of a digit reader with 64 pixels,
// 256 latents and 10 classes.
func network[T Float]() []Param[T] {
	rng := rand.New(rand.NewPCG(1, 2))
	fill := func(n int) []T {
		s := make([]T, n)
		for i := range s {
			s[i] = T(rng.NormFloat64())
		}
		return s
	}
	return []Param[T]{
		{Name: "W", Value: fill(64 * 256), Grad: fill(64 * 256), Rate: 1, Decay: true},
		{Name: "head.W", Value: fill(256 * 10), Grad: fill(256 * 10), Rate: 1, Decay: true},
		{Name: "head.b", Value: fill(10), Grad: fill(10), Rate: 1},
	}
}

func BenchmarkStep(b *testing.B) {
	for _, s := range []Settings{
		GradientDescent{WeightDecay: 0.01}, Momentum{WeightDecay: 0.01}, Momentum{Nesterov: true}, Adam{WeightDecay: 0.01},
	} {
		b.Run(fmt.Sprintf("float32/%v", s), func(b *testing.B) { benchmarkStep[float32](b, s) })
		b.Run(fmt.Sprintf("float64/%v", s), func(b *testing.B) { benchmarkStep[float64](b, s) })
	}
}

func benchmarkStep[T Float](b *testing.B, s Settings) {
	params := network[T]()
	o, err := New(s, params)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		o.Step(params, 1e-3)
	}
}

func BenchmarkClipNorm(b *testing.B) {
	params := network[float32]()
	for b.Loop() {
		ClipNorm(params, 1e9)
	}
}

package engine

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/inversenet/inversenet/kernels"
)

// perceptron is a generator of 3 latents and 5 pixels with random weights.
func perceptron(rng *rand.Rand, hidden []int, activation, output kernels.Activation) *Generator[float64] {
	g := &Generator[float64]{Pixels: 5, Latents: 3, Hidden: activation, Output: output}
	sizes := append(append([]int{3}, hidden...), 5)
	for l := range sizes[1:] {
		layer := Layer[float64]{Rows: sizes[l+1], Cols: sizes[l], W: make([]float64, sizes[l+1]*sizes[l]), Bias: make([]float64, sizes[l+1])}
		for _, s := range [][]float64{layer.W, layer.Bias} {
			for i := range s {
				s[i] = 0.5 * rng.NormFloat64()
			}
		}
		g.Layers = append(g.Layers, layer)
	}
	return g
}

// TestStepsAreTakenAgainToTheSameBits: what was not remembered for the way back is
// computed again, whether that is what a field needs of each step, or the steps
// between checkpoints.
func TestStepsAreTakenAgainToTheSameBits(t *testing.T) {
	rng := rand.New(rand.NewPCG(38, 39))
	generators := map[string]*Generator[float64]{
		"linear":   perceptron(rng, nil, kernels.Identity, kernels.Identity),
		"sigmoid":  perceptron(rng, nil, kernels.Identity, kernels.Sigmoid),
		"tanh":     perceptron(rng, []int{4}, kernels.Tanh, kernels.Identity),
		"softplus": perceptron(rng, []int{4, 6}, kernels.Softplus, kernels.Sigmoid),
	}
	methods := map[string]Method{"plain": {}, "heavy ball": {Mu: []float64{0.4}}, "nesterov": {Mu: []float64{0.4}, Ahead: true}}
	for name, g := range generators {
		for method, m := range methods {
			for _, tolerance := range []float64{0, 0.1} {
				t.Run(fmt.Sprintf("%s/%s/%g", name, method, tolerance), func(t *testing.T) {
					s := Settings{Steps: 23, Rates: []float64{0.05}, Method: m, Ridge: 0.1, Tolerance: tolerance,
						Form: Direct, Adjoint: Adjoint{Back: 23, Stepwise: true}}
					want := gradientOf(t, g, s, 23)
					if got := gradientOf(t, g, s, 0); !slices.Equal(got, want) {
						t.Errorf("computed again: %v, remembered: %v", got, want)
					}
					s.Adjoint.Checkpoint = true
					if got := gradientOf(t, g, s, 23); !slices.Equal(got, want) {
						t.Errorf("with checkpoints: %v, remembered: %v", got, want)
					}
				})
			}
		}
	}
}

// gradientOf is the partial gradient and ∂L/∂Z₀ of three samples, with a field
// that remembers so many steps.
func gradientOf(t *testing.T, g *Generator[float64], s Settings, remember int) []float64 {
	t.Helper()
	table := kernels.Default[float64]()
	e := New(table, g, s, Want{Steps: true, Ridge: true}, Workload{}, 1)
	if err := e.Load(g, 1); err != nil {
		t.Fatal(err)
	}
	w := e.newWorker(true).(*walker[float64])
	w.field = w.walk.field.newWorker(min(remember, w.trail.segment))
	rng := rand.New(rand.NewPCG(40, 41))
	random := func(n int) []float64 {
		s := make([]float64, n)
		for i := range s {
			s[i] = rng.NormFloat64()
		}
		return s
	}
	var p panel[float64]
	p.place(table, 0, 3, g.Latents, g.Pixels)
	p.setX(table, random(15), 5, 5)
	p.setZ0(table, random(9), 3, 3)
	lambda := make([]float64, table.PaddedRows(g.Latents)*table.Width())
	table.Pack(lambda, random(9), 3, 3, 3)
	partial := make([]float64, e.run.partialLen())
	w.forward(&p)
	start, err := w.backward(&p, lambda, partial)
	if err != nil {
		t.Fatal(err)
	}
	return append(partial, start[:g.Latents*table.Width()]...)
}

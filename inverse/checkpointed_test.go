package inverse

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"github.com/inversenet/inversenet/kernels"
)

// TestCheckpointsGiveTheSameBits for every method, prox and tolerance, form, kind of
// generator and number of steps.
func TestCheckpointsGiveTheSameBits(t *testing.T) {
	const pixels, latents, samples = 5, 3, 19
	rng := rand.New(rand.NewPCG(181, 182))
	linear := randomLinear(rng, pixels, latents, true)
	mlp := randomMLP(rng, kernels.Tanh, latents, 4, pixels)
	x, z0, lambda := randomMatrix(rng, samples, pixels, 1), randomMatrix(rng, samples, latents, 1), randomMatrix(rng, samples, latents, 1)
	for kind, g := range map[string]Generator[float64]{"linear": linear, "mlp": mlp, "physics": &tangential{*newSecondOrder(&Activated[float64]{Linear: *linear})}} {
		for name, in := range derivativeCases(latents) {
			for _, steps := range []int{1, 2, 3, 7, 50, 10_000} {
				if steps == 10_000 && (kind != "linear" || name != "plain" && name != "fista") {
					continue
				}
				for _, in.Form = range []Form{DirectForm, GramForm} {
					if kind != "linear" && in.Form == GramForm {
						continue
					}
					for _, in.Tolerance = range []float64{0, 0.3} {
						in := in
						in.Steps = steps
						if in.StepSizes != nil {
							in.StepSizes = slices.Repeat(in.StepSizes, steps/7+1)[:steps]
						}
						in = in.scaled(linear, samples)
						gradient := func(d Differentiation) (all []float64) {
							in.Differentiation = d
							s, err := NewSolver(g, in, Compute[float64]{Threads: 2})
							if err != nil {
								t.Fatal(err)
							}
							got := everyGradient(g, in, z0, x)
							if err := s.Backpropagate(got, lambda, z0, x); err != nil {
								t.Fatal(err)
							}
							other := in.clone()
							for _, v := range derivatives(got, g, &other, z0, x) {
								all = append(all, v.computed)
							}
							return all
						}
						if !slices.Equal(gradient(Unrolled{Checkpoint: true}), gradient(Unrolled{})) {
							t.Errorf("%s, %s, %v, N = %d, tolerance %v: other bits", kind, name, in.Form, steps, in.Tolerance)
						}
					}
				}
			}
		}
	}
}

// TestCheckpointsOfManySteps: 40,000 steps of 384 latents and 32 samples stay below
// 50 MB. It runs with INVERSENET_SLOW=1.
func TestCheckpointsOfManySteps(t *testing.T) {
	slow(t)
	rng := rand.New(rand.NewPCG(183, 184))
	g := &Linear[float32]{W: FromFloat64[float32](64, 384, randomMatrix(rng, 64, 384, 1).Data)}
	x, z0 := FromFloat64[float32](32, 64, randomMatrix(rng, 32, 64, 1).Data), NewMatrix[float32](32, 384)
	lambda := FromFloat64[float32](32, 384, randomMatrix(rng, 32, 384, 1).Data)
	for _, m := range []Momentum{{}, {Method: FISTA}} {
		s, err := NewSolver[float32](g, Inner{Steps: 40_000, AutoStep: true, Momentum: m, Form: GramForm, Differentiation: Unrolled{Checkpoint: true}}, Compute[float32]{Threads: 1})
		if err != nil {
			t.Fatal(err)
		}
		bytes := allocated(func() {
			grad := NewLinear[float32](64, 384, false)
			if err := s.Backpropagate(&Gradients[float32]{Generator: grad}, lambda, z0, x); err != nil {
				t.Fatal(err)
			}
		})
		var held runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&held)
		fmt.Printf("%v: %.1f MB allocated, %.1f MB held\n", m.Method, bytes/1e6, float64(held.HeapAlloc)/1e6)
		if bytes > 50e6 {
			t.Errorf("%v: %.0f MB", m.Method, bytes/1e6)
		}
	}
}

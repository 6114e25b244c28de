package inverse

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/inversenet/inversenet/kernels"
)

// implicitGradient is ∂W of ⟨λ, z_N⟩, flat.
func implicitGradient[T Float](g *Linear[T], in Inner, threads int, lambda, z0, x Matrix[T]) ([]T, error) {
	s, err := NewSolver[T](g, in, Compute[T]{Threads: threads})
	if err != nil {
		return nil, err
	}
	grad := &Linear[T]{W: NewMatrix[T](g.W.Rows, g.W.Cols)}
	err = s.Backpropagate(&Gradients[T]{Generator: grad}, lambda, z0, x)
	return grad.W.Data, err
}

// singular makes generators whose minimisers are not unique, with what is wrong.
func singular(rng *rand.Rand) map[string]*Linear[float64] {
	duplicated, zero, near := randomLinear(rng, 9, 4, false), randomLinear(rng, 9, 4, false), randomLinear(rng, 9, 4, false)
	for j := range 9 {
		duplicated.W.Row(j)[3] = duplicated.W.Row(j)[1]
		zero.W.Row(j)[2] = 0
		near.W.Row(j)[3] = near.W.Row(j)[1] * (1 + 1e-16)
	}
	return map[string]*Linear[float64]{
		"more latents than pixels": randomLinear(rng, 4, 8, false), "duplicated columns": duplicated, "a column of zeros": zero,
		"columns alike but for rounding": near, "no weights": NewLinear[float64](9, 4, false),
	}
}

// TestImplicitRefusesWhatIsNoMinimum: singular curvature is an error that names the
// first such sample and the counts, in every form, on any number of goroutines; with
// a ridge there is a gradient, and it is that of unrolling.
func TestImplicitRefusesWhatIsNoMinimum(t *testing.T) {
	const samples = 40
	rng := rand.New(rand.NewPCG(121, 122))
	for name, g := range singular(rng) {
		for _, form := range []Form{DirectForm, GramForm} {
			t.Run(fmt.Sprintf("%s/%v", name, form), func(t *testing.T) {
				x, z0 := randomMatrix(rng, samples, g.Pixels(), 1), randomMatrix(rng, samples, g.Latents(), 1)
				lambda := randomMatrix(rng, samples, g.Latents(), 1)
				in := Inner{Steps: 300, LearningRate: 0.4 / (g.LambdaMax() + 1), Form: form, Differentiation: Implicit{}}
				for _, threads := range []int{1, 2, 8} {
					_, err := implicitGradient(g, in, threads, lambda, z0, x)
					var m *MinimumError
					if !errors.As(err, &m) || m.Sample != 0 || m.Free != g.Latents() || m.Pixels != g.Pixels() {
						t.Errorf("%d threads: got the error %v", threads, err)
					}
				}
				in.Ridge = 1
				in.Steps = 2000
				got, err := implicitGradient(g, in, 2, lambda, z0, x)
				if err != nil {
					t.Fatal(err)
				}
				in.Differentiation = Unrolled{Checkpoint: true}
				want, err := implicitGradient(g, in, 2, lambda, z0, x)
				if err != nil {
					t.Fatal(err)
				}
				if name != "no weights" {
					compareGradients(t, "with a ridge", got, want, 1e-7)
				}
			})
		}
	}
}

// TestImplicitNamesTheSample: the first whose free latents are more than its
// pixels, and in training the row of the data.
func TestImplicitNamesTheSample(t *testing.T) {
	const pixels, latents, samples, odd = 3, 4, 100, 77
	g := NewLinear[float64](pixels, latents, false)
	for k := range pixels {
		g.W.Row(k)[k] = 1
	}
	g.W.Row(0)[3] = 1 // column 3 is column 0 again
	x := NewMatrix[float64](samples, pixels)
	for i := range samples {
		copy(x.Row(i), []float64{-1, 1, 2}) // columns 0 and 3 are held at 0
	}
	x.Row(odd)[0] = 1 // both are free
	in := Inner{Steps: 200, LearningRate: 0.2, Prox: Prox{Kind: NonNegativeLatents}, Differentiation: Implicit{}}
	z0 := NewMatrix[float64](samples, latents)
	for _, threads := range []int{1, 2, 8} {
		_, err := implicitGradient(g, in, threads, z0, z0, x)
		var m *MinimumError
		if !errors.As(err, &m) || m.Sample != odd || m.Free != 4 {
			t.Errorf("%d threads: got the error %v, want one that names sample %d", threads, err, odd)
		}
	}
	m := &Model[float64]{Generator: g, Inner: in}
	d := Data[float64]{X: x, Targets: NewMatrix[float64](samples, latents)}
	w := g.W.clone()
	for _, batch := range []int{0, 7, 32} {
		var e *MinimumError
		_, err := Fit(context.Background(), m, d, SquaredError{}, Outer[float64]{Steps: 20, BatchSize: batch})
		if !errors.As(err, &e) || e.Sample != odd {
			t.Errorf("batches of %d: got the error %v", batch, err)
		}
	}
	compareGradients(t, "weights", g.W.Data, w.Data, 0)
}

// TestImplicitOfLatentsOnTheirBounds: a box with a latent exactly at a bound, and
// one whose bounds are equal.
func TestImplicitOfLatentsOnTheirBounds(t *testing.T) {
	rng := rand.New(rand.NewPCG(123, 124))
	g := randomLinear(rng, 6, 4, false)
	x, z0, lambda := randomMatrix(rng, 5, 6, 3), randomMatrix(rng, 5, 4, 1), randomMatrix(rng, 5, 4, 1)
	for name, p := range map[string]Prox{
		"box":          {Kind: Box, Lower: []float64{-0.5}, Upper: []float64{0.25}},
		"fixed":        {Kind: Box, Lower: []float64{-1, 0.5, -1, 0.5}, Upper: []float64{1, 0.5, 1, 0.5}},
		"all fixed":    {Kind: Box, Lower: []float64{0.5}, Upper: []float64{0.5}},
		"non-negative": {Kind: NonNegativeLatents},
		"wide":         {Kind: Box, Lower: []float64{math.Inf(-1)}, Upper: []float64{math.Inf(1)}},
	} {
		for _, sparse := range []float64{0, 0.5} {
			if sparse > 0 && p.Kind == Box {
				continue
			}
			for _, form := range []Form{DirectForm, GramForm} {
				in := Inner{Steps: 4000, LearningRate: 0.45 / g.LambdaMax(), Prox: p, Form: form, Sparse: sparse, Differentiation: Implicit{}}
				got, err := implicitGradient(g, in, 1, lambda, z0, x)
				if err != nil {
					t.Fatal(name, err)
				}
				in.Differentiation = Unrolled{}
				want, err := implicitGradient(g, in, 1, lambda, z0, x)
				if err != nil {
					t.Fatal(name, err)
				}
				compareGradients(t, name, got, want, 1e-7)
			}
		}
	}
}

// TestImplicitDerivatives compares those in x, the ridge and the sparse weight at
// the minimiser with finite differences.
func TestImplicitDerivatives(t *testing.T) {
	const pixels, latents, samples = 6, 3, 3
	rng := rand.New(rand.NewPCG(125, 126))
	linear := randomLinear(rng, pixels, latents, true)
	sigmoid := &Activated[float64]{Linear: *randomLinear(rng, pixels, latents, true), Activation: kernels.Sigmoid}
	for name, g := range map[string]Generator[float64]{
		"linear": linear, "activated": sigmoid, "mlp": randomMLP(rng, kernels.Tanh, latents, 5, pixels), "physics": &tangential{*newSecondOrder(sigmoid)},
	} {
		for prior, in := range map[string]Inner{
			"ridge": {Ridge: 3}, "sparse": {Ridge: 3, Sparse: 0.1}, "non-negative": {Ridge: 3, Prox: Prox{Kind: NonNegativeLatents}},
			"nesterov": {Ridge: 3, Momentum: Momentum{Nesterov, 0.3}},
		} {
			t.Run(name+"/"+prior, func(t *testing.T) {
				x, z0, lambda := randomMatrix(rng, samples, pixels, 1), randomMatrix(rng, samples, latents, 1), randomMatrix(rng, samples, latents, 1)
				in.Steps, in.LearningRate, in.Differentiation = 300, 0.5/(linear.LambdaMax()+3), Implicit{}
				s, err := NewSolver(g, in, Compute[float64]{})
				if err != nil {
					t.Fatal(err)
				}
				got := everyGradient(g, in, z0, x)
				if err := s.Backpropagate(got, lambda, z0, x); err != nil {
					t.Fatal(err)
				}
				checkDerivatives(t, got, g, in, Compute[float64]{}, lambda, z0, x)
				checkAlone(t, got, g, in, Compute[float64]{}, lambda, z0, x)
			})
		}
	}
}

// TestImplicitOfNegativeCurvature: where z_N is no minimum there is no gradient.
func TestImplicitOfNegativeCurvature(t *testing.T) {
	g := &Activated[float64]{Linear: Linear[float64]{W: FromFloat64[float64](1, 1, []float64{5})}, Activation: kernels.Sigmoid}
	z, x, one := FromFloat64[float64](1, 1, []float64{-1}), FromFloat64[float64](1, 1, []float64{1}), FromFloat64[float64](1, 1, []float64{1})
	for name, generator := range map[string]Generator[float64]{"activated": g, "mlp": &MLP[float64]{Layers: []*Linear[float64]{&g.Linear}, Output: kernels.Sigmoid}} {
		s, err := NewSolver(generator, Inner{Steps: 10, LearningRate: 1e-3, Differentiation: Implicit{}}, Compute[float64]{})
		if err != nil {
			t.Fatal(err)
		}
		var m *MinimumError
		err = s.Backpropagate(&Gradients[float64]{Generator: newGradientOf(generator)}, one, z, x)
		if !errors.As(err, &m) || !strings.Contains(err.Error(), "not positive") {
			t.Errorf("%s: got the error %v", name, err)
		}
	}
}

// TestImplicitScalesWithLambda: in float32 a gradient of 1e-22 or 1e-25 times the λ is
// that of λ times as much, by factorisation and by conjugate gradients.
func TestImplicitScalesWithLambda(t *testing.T) {
	for _, latents := range []int{3, 520} {
		rng := rand.New(rand.NewPCG(127, 128))
		g := &Linear[float32]{W: FromFloat64[float32](6, latents, randomMatrix(rng, 6, latents, 1).Data)}
		x, z0 := FromFloat64[float32](2, 6, randomMatrix(rng, 2, 6, 1).Data), NewMatrix[float32](2, latents)
		lambda := FromFloat64[float32](2, latents, randomMatrix(rng, 2, latents, 1).Data)
		in := Inner{Steps: 200, AutoStep: true, Ridge: 50, Differentiation: Implicit{}}
		want, err := implicitGradient(g, in, 1, lambda, z0, x)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []float32{1e-22, 1e-25, 1e20} {
			scaled := lambda.clone()
			for i := range scaled.Data {
				scaled.Data[i] *= c
			}
			got, err := implicitGradient(g, in, 1, scaled, z0, x)
			if err != nil {
				t.Fatal(err)
			}
			a, b := make([]float64, len(got)), make([]float64, len(got))
			for i := range got {
				a[i], b[i] = float64(got[i])/float64(c), float64(want[i])
			}
			compareGradients(t, fmt.Sprintf("K = %d, λ·%g", latents, c), a, b, 2e-6)
		}
	}
}

// TestImplicitByConjugateGradients: for more latents than are factorised, the same
// gradients and the same errors.
func TestImplicitByConjugateGradients(t *testing.T) {
	const pixels, latents, samples = 40, 520, 5
	rng := rand.New(rand.NewPCG(129, 130))
	g := randomLinear(rng, pixels, latents, false)
	x, z0, lambda := randomMatrix(rng, samples, pixels, 1), NewMatrix[float64](samples, latents), randomMatrix(rng, samples, latents, 1)
	for name, in := range map[string]Inner{
		"ridge": {Ridge: 200}, "non-negative": {Ridge: 200, Prox: Prox{Kind: NonNegativeLatents}}, "gram": {Ridge: 200, Form: GramForm},
		"sparse": {Ridge: 200, Sparse: 3},
	} {
		in.Steps, in.AutoStep, in.Differentiation = 200, true, Implicit{}
		if in.Form == Auto {
			in.Form = DirectForm
		}
		got, err := implicitGradient(g, in, 2, lambda, z0, x)
		if err != nil {
			t.Fatal(name, err)
		}
		in.Differentiation = Unrolled{}
		want, err := implicitGradient(g, in, 2, lambda, z0, x)
		if err != nil {
			t.Fatal(err)
		}
		compareGradients(t, name, got, want, 1e-9)
		in.Differentiation = Implicit{Iterations: 1}
		var m *MinimumError
		if _, err = implicitGradient(g, in, 2, lambda, z0, x); !errors.As(err, &m) || m.Sample != 0 || !strings.Contains(err.Error(), "tolerance") {
			t.Errorf("%s, after one iteration: %v", name, err)
		}
		in.Differentiation, in.Ridge = Implicit{}, 0
		if name == "ridge" || name == "gram" {
			if _, err = implicitGradient(g, in, 2, lambda, z0, x); !errors.As(err, &m) || m.Sample != 0 || m.Free != latents || !strings.Contains(err.Error(), "more free latents") {
				t.Errorf("%s, without one: %v", name, err)
			}
		}
	}
	zero := NewMatrix[float64](samples, latents)
	in := Inner{Steps: 5, AutoStep: true, Ridge: 1, Differentiation: Implicit{}}
	if got, err := implicitGradient(g, in, 2, zero, z0, x); err != nil || slices.ContainsFunc(got, func(v float64) bool { return v != 0 }) {
		t.Errorf("λ = 0: %v", err)
	}
}

// TestImplicitManyLatentsNonNegative: J = 64, K = 384, where most latents are held at
// 0: it is the gradient of unrolling, or an error, and not 1e24 times it.
func TestImplicitManyLatentsNonNegative(t *testing.T) {
	rng := rand.New(rand.NewPCG(131, 132))
	g := randomLinear(rng, 64, 384, false)
	x, z0 := randomMatrix(rng, 3, 64, 1), NewMatrix[float64](3, 384)
	lambda := randomMatrix(rng, 3, 384, 1)
	in := Inner{Steps: 300, AutoStep: true, Prox: Prox{Kind: NonNegativeLatents}, Differentiation: Implicit{}}
	var m *MinimumError
	if got, err := implicitGradient(g, in, 2, lambda, z0, x); err != nil {
		if !errors.As(err, &m) || m.Free <= 64 {
			t.Errorf("got the error %v", err)
		}
	} else {
		in.Differentiation = Unrolled{}
		want, _ := implicitGradient(g, in, 2, lambda, z0, x)
		if a, b := math.Sqrt(dot(got, got)), math.Sqrt(dot(want, want)); a > 100*b {
			t.Errorf("norm %v, unrolled %v", a, b)
		}
	}
}

package inverse

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/inversenet/inversenet/kernels"
)

// optimality is the residual ρ at z, by the formula.
func optimality(in Inner, s float64, slope, z []float64) []float64 {
	rho := make([]float64, len(z))
	for k, v := range z {
		rho[k] = (v - referenceProx(in, s, k, v-s*(slope[k]+in.Ridge*v))) / s
	}
	return rho
}

// innerLoss is r·f(z).
func innerLoss(in Inner, r float64, image, x, z []float64) (f float64) {
	for j, v := range image {
		f += (v - x[j]) * (v - x[j]) / 2
	}
	for _, v := range z {
		f += in.Ridge*v*v/2 + in.Sparse*math.Abs(v)
	}
	return r * f
}

// slopeOf is ∇½‖G(z) − x‖² of any generator of these tests.
func slopeOf(g Generator[float64], z, x []float64) []float64 {
	switch g := g.(type) {
	case *Linear[float64]:
		return linearSlope(g, z, x)
	case *MLP[float64]:
		return steady(g).plainSlope(z, x)
	default:
		image, dz := make([]float64, len(x)), make([]float64, len(z))
		user := g.(Physics[float64])
		user.Forward(image, z)
		for j := range image {
			image[j] -= x[j]
		}
		user.Gradient(dz, z, image)
		return dz
	}
}

// TestStatsAreTheFormulas: iterations, status, loss and optimality, for every method
// and prox, in every form and for every kind of generator, of Invert and of Trace.
func TestStatsAreTheFormulas(t *testing.T) {
	const pixels, latents = 7, 4
	rng := rand.New(rand.NewPCG(151, 152))
	linear := randomLinear(rng, pixels, latents, true)
	generators := map[string]Generator[float64]{
		"linear": linear, "mlp": randomMLP(rng, kernels.Tanh, latents, 5, pixels),
		"physics": newSecondOrder(&Activated[float64]{Linear: *linear}),
	}
	for kind, g := range generators {
		for name, in := range innerCases(latents) {
			in = in.scaled(linear, 1)
			for _, form := range forms(in) {
				if kind != "linear" && form != DirectForm {
					continue
				}
				for _, in.Reduction = range []Reduction{Sum, MeanPixels, MeanAll} {
					for _, samples := range []int{1, 2*kernels.Default[float64]().Width() + 1} {
						in.Form = form
						x, z := randomMatrix(rng, samples, pixels, 1), randomMatrix(rng, samples, latents, 1)
						s, err := NewSolver(g, in, Compute[float64]{Threads: 2})
						if err != nil {
							t.Fatal(err)
						}
						var st Stats
						traced := z.clone()
						if err := s.InvertContext(t.Context(), z, x, &st); err != nil {
							t.Fatal(err)
						}
						tr, err := s.Trace(traced, x)
						if err != nil {
							t.Fatal(err)
						}
						r := in.scale(pixels, samples)
						step := in.LearningRate * r
						if in.StepSizes != nil {
							step = in.StepSizes[in.Steps-1] * r
						}
						image := NewMatrix[float64](samples, pixels)
						g.Generate(image, z)
						for i := range samples {
							rho := optimality(in, step, slopeOf(g, z.Row(i), x.Row(i)), z.Row(i))
							loss := innerLoss(in, r, image.Row(i), x.Row(i), z.Row(i))
							for which, st := range map[string]Stats{"invert": st, "trace": tr.Stats} {
								ok := st.Status[i] == MaxSteps && st.Iterations[i] == in.Steps
								if !ok || !near(st.Loss[i], loss, 1e-11) || !near(st.Optimality[i], math.Sqrt(dot(rho, rho)), 1e-10) {
									t.Fatalf("%s, %s, %v, %v, B = %d: sample %d of %s: %v after %d, loss %v, want %v, optimality %v, want %v", kind, name, form, in.Reduction, samples,
										i, which, st.Status[i], st.Iterations[i], st.Loss[i], loss, st.Optimality[i], math.Sqrt(dot(rho, rho)))
								}
							}
							if !near(tr.Loss[in.Steps][i], loss, 1e-11) {
								t.Fatalf("%s: traced loss %v, want %v", name, tr.Loss[in.Steps][i], loss)
							}
						}
					}
				}
			}
		}
	}
}

func near(got, want, allowed float64) bool {
	return math.Abs(got-want) <= allowed*max(1, math.Abs(want))
}

// TestConvergedMeansTheInequality: random problems, every method and prox; what is
// called converged meets the documented bound, computed here, and what is not took all
// steps. A sample is the same alone and in company.
func TestConvergedMeansTheInequality(t *testing.T) {
	converged, total := 0, 0
	for trial := range 60 {
		rng := rand.New(rand.NewPCG(uint64(trial), 153))
		pixels, latents := 1+rng.IntN(9), 1+rng.IntN(6)
		g := randomLinear(rng, pixels, latents, trial%2 == 0)
		for j := range pixels { // atoms of all sizes, and none
			for k := range latents {
				g.W.Row(j)[k] *= math.Pow(10, float64(k%4-2))
				if trial%5 == 0 && k == 1 {
					g.W.Row(j)[k] = 0
				}
			}
		}
		samples := 1 + rng.IntN(19)
		x, z0 := randomMatrix(rng, samples, pixels, 1), NewMatrix[float64](samples, latents)
		if trial%7 == 0 {
			clear(x.Row(0))
		}
		for _, in := range []Inner{
			{}, {Momentum: Momentum{HeavyBall, 0.6}}, {Momentum: Momentum{Nesterov, 0.6}}, {Momentum: Momentum{Method: FISTA}},
			{Prox: Prox{Kind: NonNegativeLatents}}, {Ridge: 0.3}, {Ridge: 0.3, Momentum: Momentum{Nesterov, 0.6}}, {Sparse: 0.2},
			{Prox: Prox{Kind: Box, Lower: []float64{-0.5}, Upper: []float64{0.5}}, Momentum: Momentum{Method: FISTA}}, {LearningRate: 1e-8},
		} {
			if in.Prox.Kind == Box {
				in.Prox.Lower, in.Prox.Upper = slices.Repeat(in.Prox.Lower, latents), slices.Repeat(in.Prox.Upper, latents)
			}
			in.Steps, in.AutoStep, in.Tolerance = 400, in.LearningRate == 0, math.Pow(10, -1-5*rng.Float64())
			for _, in.Form = range []Form{DirectForm, GramForm} {
				checkConverged(t, g, in, z0, x, &converged, &total)
			}
		}
	}
	if converged < total/4 || converged > total*9/10 {
		t.Errorf("%d of %d samples converged: the test looks at one side only", converged, total)
	}
}

func checkConverged(t *testing.T, g *Linear[float64], in Inner, z0, x Matrix[float64], converged, total *int) {
	t.Helper()
	s, err := NewSolver[float64](g, in, Compute[float64]{})
	if err != nil {
		t.Fatal(err)
	}
	var st, alone Stats
	z := z0.clone()
	if err := s.InvertContext(t.Context(), z, x, &st); err != nil {
		t.Fatal(err)
	}
	step := in.LearningRate * in.scale(x.Cols, x.Rows)
	if in.AutoStep {
		step = 1 / (g.LambdaMax() + in.Ridge)
	}
	lengths, longest := make([]float64, g.Latents()), 0.0
	for k := range lengths {
		for j := range g.Pixels() {
			lengths[k] = math.Hypot(lengths[k], g.W.Row(j)[k])
		}
		lengths[k] = math.Sqrt(lengths[k]*lengths[k] + in.Ridge)
		longest = max(longest, lengths[k])
	}
	for i := range x.Rows {
		*total++
		extent := 0.0
		for j, v := range x.Row(i) {
			if g.Bias != nil {
				v -= g.Bias[j]
			}
			extent = math.Hypot(extent, v)
		}
		rho := optimality(in, step, linearSlope(g, z.Row(i), x.Row(i)), z.Row(i))
		met := true
		for k, v := range rho {
			length := lengths[k]
			if length == 0 { // measured by the longest
				length = longest
			}
			met = met && math.Abs(v) <= in.Tolerance*length*extent*(1+1e-9)+1e-14*longest*extent
		}
		switch {
		case st.Status[i] == Converged && !met:
			t.Errorf("%+v: sample %d is called converged with the residual %v", in, i, rho)
		case st.Status[i] == Converged:
			*converged++
		case st.Status[i] != MaxSteps || st.Iterations[i] != in.Steps:
			t.Errorf("%+v: sample %d is %v after %d steps", in, i, st.Status[i], st.Iterations[i])
		}
		zi := z0.clone().Slice(i, i+1)
		if err := s.InvertContext(t.Context(), zi, x.Slice(i, i+1), &alone); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(zi.Row(0), z.Row(i)) || alone.Status[0] != st.Status[i] || alone.Iterations[0] != st.Iterations[i] {
			t.Errorf("%+v: sample %d alone: %v after %d, in company %v after %d", in, i, alone.Status[0], alone.Iterations[0], st.Status[i], st.Iterations[i])
		}
	}
}

func testNothingFakesConvergence[T Float](t *testing.T) {
	w := FromFloat64[T](2, 2, []float64{1, 0, 0, 0.001})
	x := FromFloat64[T](1, 2, []float64{1, 0.001})
	for name, in := range map[string]Inner{
		"automatic": {AutoStep: true}, "a tiny rate": {LearningRate: 1e-8}, "a tiny rate, momentum": {LearningRate: 1e-8, Momentum: Momentum{HeavyBall, 0.9}},
		"nesterov": {AutoStep: true, Momentum: Momentum{Nesterov, 0.9}}, "fista": {AutoStep: true, Momentum: Momentum{Method: FISTA}},
		"non-negative": {AutoStep: true, Prox: Prox{Kind: NonNegativeLatents}},
	} {
		for _, in.Form = range []Form{DirectForm, GramForm} {
			in.Steps, in.Tolerance = 50, 1e-6
			s, err := NewSolver[T](&Linear[T]{W: w}, in, Compute[T]{})
			if err != nil {
				t.Fatal(err)
			}
			var st Stats
			z := NewMatrix[T](1, 2)
			if err := s.InvertContext(t.Context(), z, x, &st); err != nil || st.Status[0] != MaxSteps {
				t.Errorf("%s, %v: %v after %d steps at %v, %v", name, in.Form, st.Status[0], st.Iterations[0], z.Data, err)
			}
		}
	}
}

// TestNothingFakesConvergence: neither an atom a thousand times shorter nor a step that
// hardly moves is called converged.
func TestNothingFakesConvergence(t *testing.T) {
	t.Run("float32", testNothingFakesConvergence[float32])
	t.Run("float64", testNothingFakesConvergence[float64])
}

// TestUnitsChangeNoDecision: x scaled by powers of two, and latents by those of W,
// change neither status nor iterations.
func TestUnitsChangeNoDecision(t *testing.T) {
	rng := rand.New(rand.NewPCG(154, 155))
	t.Run("float32", func(t *testing.T) { testUnits[float32](t, rng) })
	t.Run("float64", func(t *testing.T) { testUnits[float64](t, rng) })
}

func testUnits[T Float](t *testing.T, rng *rand.Rand) {
	const samples, pixels, latents = 9, 6, 4
	w, x := randomMatrix(rng, pixels, latents, 1), randomMatrix(rng, samples, pixels, 1)
	for _, in := range []Inner{
		{}, {Momentum: Momentum{HeavyBall, 0.5}}, {Momentum: Momentum{Method: FISTA}}, {Prox: Prox{Kind: NonNegativeLatents}},
	} {
		for _, in.Form = range []Form{DirectForm, GramForm} {
			in.Steps, in.AutoStep, in.Tolerance = 300, true, 1e-3
			decide := func(ux, uz float64) (st Stats) {
				scaled := FromFloat64[T](samples, pixels, x.Data)
				for i := range scaled.Data {
					scaled.Data[i] *= T(ux)
				}
				g := &Linear[T]{W: FromFloat64[T](pixels, latents, w.Data)}
				for i := range g.W.Data {
					g.W.Data[i] *= T(1 / uz)
				}
				s, err := NewSolver[T](g, in, Compute[T]{})
				if err != nil {
					t.Fatal(err)
				}
				if err := s.InvertContext(t.Context(), NewMatrix[T](samples, latents), scaled, &st); err != nil {
					t.Fatal(err)
				}
				return st
			}
			want := decide(1, 1)
			if !slices.Contains(want.Status, Converged) {
				t.Error("no sample converges")
			}
			for _, u := range [][2]float64{{0x1p66, 1}, {0x1p-66, 1}, {1, 0x1p20}, {1, 0x1p-20}, {0x1p40, 0x1p10}} {
				if got := decide(u[0], u[1]); !slices.Equal(got.Iterations, want.Iterations) || !slices.Equal(got.Status, want.Status) {
					t.Errorf("%v, x times %g, z times %g: %v %v, want %v %v", in.Momentum.Method, u[0], u[1], got.Iterations, got.Status, want.Iterations, want.Status)
				}
			}
		}
	}
}

// TestToleranceBelowTheRounding: what float32 cannot reach ends in MaxSteps.
func TestToleranceBelowTheRounding(t *testing.T) {
	rng := rand.New(rand.NewPCG(156, 157))
	g := &Linear[float32]{W: FromFloat64[float32](64, 10, randomMatrix(rng, 64, 10, 1).Data)}
	x := FromFloat64[float32](20, 64, randomMatrix(rng, 20, 64, 1).Data)
	s, err := NewSolver[float32](g, Inner{Steps: 500, AutoStep: true, Tolerance: 1e-12}, Compute[float32]{})
	if err != nil {
		t.Fatal(err)
	}
	var st Stats
	if err := s.InvertContext(t.Context(), NewMatrix[float32](20, 10), x, &st); err != nil {
		t.Fatal(err)
	}
	for i, status := range st.Status {
		if status != MaxSteps {
			t.Errorf("sample %d: %v, optimality %v", i, fmt.Sprint(status), st.Optimality[i])
		}
	}
}

package inverse

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/inversenet/inversenet/internal/testkit"
	"github.com/inversenet/inversenet/kernels"
)

// everyGradient has room for all derivatives that exist with the settings.
func everyGradient(g Generator[float64], in Inner, z0, x Matrix[float64]) *Gradients[float64] {
	all := &Gradients[float64]{
		Generator: newGradientOf(g), Start: NewMatrix[float64](z0.Rows, z0.Cols), X: NewMatrix[float64](x.Rows, x.Cols),
		StepSizes: make([]float64, max(1, len(in.StepSizes))), Thresholds: make([]float64, g.Latents()), Ridge: new(float64), Sparse: new(float64),
	}
	if validateWant((&Gradients[float64]{StepSizes: all.StepSizes}).want(), in) != nil {
		all.StepSizes = nil
	}
	if validateWant((&Gradients[float64]{Thresholds: all.Thresholds}).want(), in) != nil {
		all.Thresholds = nil
	}
	if validateWant((&Gradients[float64]{Sparse: all.Sparse}).want(), in) != nil {
		all.Sparse = nil
	}
	if _, forward := in.Differentiation.(Forward); forward {
		all.X, all.Ridge, all.StepSizes, all.Thresholds, all.Sparse = Matrix[float64]{}, nil, nil, nil, nil
	}
	return all
}

// lossAt is ⟨λ, z_N⟩.
func lossAt(t *testing.T, g Generator[float64], in Inner, c Compute[float64], lambda, z0, x Matrix[float64]) float64 {
	t.Helper()
	s, err := NewSolver(g, in, c)
	if err != nil {
		t.Fatal(err)
	}
	z := z0.clone()
	if err := s.Invert(z, x); err != nil {
		t.Fatal(err)
	}
	return dot(lambda.Data, z.Data)
}

// A derivative that was computed, and the variable that it is in.
type derivative struct {
	name     string
	computed float64
	at       *float64
	outer    bool // a setting, of which solvers have a copy
}

// derivatives lists those of a Gradients, in variables of in, g, z0 and x.
func derivatives(got *Gradients[float64], g Generator[float64], in *Inner, z0, x Matrix[float64]) (list []derivative) {
	slice := func(name string, computed, at []float64, outer bool) {
		for i, v := range computed {
			list = append(list, derivative{fmt.Sprintf("%s[%d]", name, i), v, &at[i], outer})
		}
	}
	if got.Generator != nil {
		at := g.Parameters()
		for i, p := range got.Generator.Parameters() {
			slice(p.Name, p.Values, at[i].Values, false)
		}
	}
	slice("start", got.Start.Data, z0.Data, false)
	slice("x", got.X.Data, x.Data, false)
	switch {
	case got.StepSizes == nil:
	case in.StepSizes != nil:
		slice("step size", got.StepSizes, in.StepSizes, true)
	default:
		list = append(list, derivative{"learning rate", got.StepSizes[0], &in.LearningRate, true})
	}
	if got.Thresholds != nil {
		slice("threshold", got.Thresholds, in.Prox.Thresholds, true)
	}
	if got.Ridge != nil {
		list = append(list, derivative{"ridge", *got.Ridge, &in.Ridge, true})
	}
	if got.Sparse != nil {
		list = append(list, derivative{"sparse", *got.Sparse, &in.Sparse, true})
	}
	return list
}

// checkDerivatives compares all of them with finite differences.
func checkDerivatives(t *testing.T, got *Gradients[float64], g Generator[float64], in Inner, c Compute[float64], lambda, z0, x Matrix[float64]) {
	t.Helper()
	in = in.clone()
	fixed, err := NewSolver(g, in, c)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range derivatives(got, g, &in, z0, x) {
		at := *d.at
		loss := func(v float64) float64 {
			*d.at = v
			if d.outer { // the solver has a copy of it
				return lossAt(t, g, in, c, lambda, z0, x)
			}
			z := z0.clone()
			if err := fixed.Invert(z, x); err != nil {
				t.Fatal(err)
			}
			return dot(lambda.Data, z.Data)
		}
		h := 1e-5 * max(math.Abs(at), 1e-2)
		var want float64
		if d.name == "ridge" && at == 0 { // from one side
			want = (4*loss(h) - 3*loss(0) - loss(2*h)) / (2 * h)
		} else {
			want = testkit.CentralDifference(loss, at, h)
		}
		*d.at = at
		if diff := math.Abs(d.computed - want); !(diff <= 2e-6*math.Max(1, math.Abs(want))) {
			t.Errorf("%s: gradient %.10g, finite difference %.10g", d.name, d.computed, want)
		}
	}
}

// checkAlone asks for one derivative at a time.
func checkAlone(t *testing.T, all *Gradients[float64], g Generator[float64], in Inner, c Compute[float64], lambda, z0, x Matrix[float64]) {
	t.Helper()
	s, err := NewSolver(g, in, c)
	if err != nil {
		t.Fatal(err)
	}
	fresh, allowed := everyGradient(g, in, z0, x), 0.0
	if s.Form() == ClosedForm && in.StepSizes != nil {
		allowed = 1e-13 // equal step sizes are squared, or taken apart where each has a derivative
	}
	for name, one := range map[string]*Gradients[float64]{
		"generator": {Generator: fresh.Generator}, "start": {Start: fresh.Start}, "x": {X: fresh.X}, "step sizes": {StepSizes: fresh.StepSizes},
		"thresholds": {Thresholds: fresh.Thresholds}, "ridge": {Ridge: fresh.Ridge}, "sparse": {Sparse: fresh.Sparse}, "none": {},
	} {
		if err := s.Backpropagate(one, lambda, z0, x); err != nil {
			t.Errorf("%s alone: %v", name, err)
			continue
		}
		if name == "generator" { // once more, with what is known of the weights by now
			if err := s.Backpropagate(one, lambda, z0, x); err != nil {
				t.Error(err)
			}
		}
		other := in.clone()
		together := map[string]float64{}
		for _, with := range derivatives(all, g, &other, z0, x) {
			together[with.name] = with.computed
		}
		for _, d := range derivatives(one, g, &other, z0, x) {
			if with := together[d.name]; !(math.Abs(with-d.computed) <= allowed*max(1, math.Abs(d.computed))) {
				t.Errorf("%s alone is %v, with all others %v", d.name, d.computed, with)
			}
		}
	}
}

// derivativeCases are the inner cases, and equal step sizes, with derivatives in
// every prior.
func derivativeCases(latents int) map[string]Inner {
	cases := innerCases(latents)
	for _, name := range []string{"plain", "heavy ball", "ridge", "ridge, nesterov", "ridge, heavy ball"} {
		in := cases[name]
		in.StepSizes = []float64{0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6}
		cases[name+", equal steps"] = in
	}
	for name, in := range cases {
		if in.Prox.Kind == NonNegativeSoft || in.Prox.Kind == Soft {
			in.Prox.Thresholds = make([]float64, latents)
			for k := range latents {
				in.Prox.Thresholds[k] = 0.02 + 0.03*float64(k)
			}
			cases[name] = in
			in.Sparse, in.Ridge = 0.1, 0.2
			cases[name+", sparse and ridge"] = in
		}
	}
	return cases
}

// TestEveryDerivative compares all derivatives with finite differences, in every
// form, and one at a time with all together, to the bit.
func TestEveryDerivative(t *testing.T) {
	const pixels, latents, samples = 6, 3, 3
	c := Compute[float64]{Threads: 2}
	for name, in := range derivativeCases(latents) {
		for _, form := range forms(in) {
			t.Run(fmt.Sprintf("%s/%v", name, form), func(t *testing.T) {
				rng := rand.New(rand.NewPCG(81, 82))
				g := randomLinear(rng, pixels, latents, true)
				x, z0, lambda := randomMatrix(rng, samples, pixels, 1), randomMatrix(rng, samples, latents, 1), randomMatrix(rng, samples, latents, 1)
				in := in.scaled(g, samples)
				in.Form = form
				s, err := NewSolver(g, in, c)
				if err != nil {
					t.Fatal(err)
				}
				got := everyGradient(g, in, z0, x)
				if err := s.Backpropagate(got, lambda, z0, x); err != nil {
					t.Fatal(err)
				}
				checkDerivatives(t, got, g, in, c, lambda, z0, x)
				checkAlone(t, got, g, in, c, lambda, z0, x)
			})
		}
	}
}

// TestEveryDerivativeOfOtherGenerators: the same for perceptrons and the user's own
// physics, with their Tangent.
func TestEveryDerivativeOfOtherGenerators(t *testing.T) {
	const pixels, latents, samples = 5, 3, 2
	rng := rand.New(rand.NewPCG(83, 84))
	sigmoid := &Activated[float64]{Linear: *randomLinear(rng, pixels, latents, true), Activation: kernels.Sigmoid}
	mlp := randomMLP(rng, kernels.Tanh, latents, 4, pixels)
	mlp.Output = kernels.Softplus
	for name, g := range map[string]Generator[float64]{"activated": sigmoid, "mlp": mlp, "physics": &tangential{*newSecondOrder(sigmoid)}} {
		for kind, in := range derivativeCases(latents) {
			t.Run(name+"/"+kind, func(t *testing.T) {
				x, z0, lambda := randomMatrix(rng, samples, pixels, 1), randomMatrix(rng, samples, latents, 1), randomMatrix(rng, samples, latents, 1)
				in := in.scaledBy(4, pixels, samples)
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

// tangential is a user's sigmoid that knows its tangents.
type tangential struct{ secondOrder }

func (g *tangential) Tangent(dx, z, v []float64) {
	for j := range dx {
		y := g.pixel(j, z)
		dx[j] = y * (1 - y) * dot(g.w.Row(j), v)
	}
}

// TestOtherDifferentiations: truncated to all steps is unrolled; one step and
// truncated agree with the unrolled gradient of the last steps; forward is exact.
func TestOtherDifferentiations(t *testing.T) {
	const pixels, latents, samples = 6, 3, 3
	rng := rand.New(rand.NewPCG(85, 86))
	g := randomLinear(rng, pixels, latents, true)
	x, z0, lambda := randomMatrix(rng, samples, pixels, 1), randomMatrix(rng, samples, latents, 1), randomMatrix(rng, samples, latents, 1)
	for name, in := range derivativeCases(latents) {
		t.Run(name, func(t *testing.T) {
			in := in.scaled(g, samples)
			in.Form = DirectForm
			gradient := func(d Differentiation, from Matrix[float64], in Inner) *Gradients[float64] {
				in.Differentiation = d
				s, err := NewSolver(g, in, Compute[float64]{})
				if err != nil {
					t.Fatal(err)
				}
				got := everyGradient(g, in, z0, x)
				if err := s.Backpropagate(got, lambda, from, x); err != nil {
					t.Fatal(err)
				}
				return got
			}
			flat := func(got *Gradients[float64]) (all []float64) {
				other := in.clone()
				for _, d := range derivatives(got, g, &other, z0, x) {
					all = append(all, d.computed)
				}
				return all
			}
			exact := flat(gradient(Unrolled{}, z0, in))
			compareGradients(t, "truncated to all", flat(gradient(Truncated{in.Steps}, z0, in)), exact, 0)
			forward := gradient(Forward{}, z0, in)
			forward.Start = Matrix[float64]{}
			n := pixels*latents + pixels
			compareGradients(t, "forward", flat(forward), exact[:n], 1e-12)
			one, last := gradient(OneStep{}, z0, in), gradient(Truncated{1}, z0, in)
			compareGradients(t, "one step", flat(one), flat(last), 0)
			if in.Momentum.Method == Plain && in.StepSizes == nil {
				between, short := in, in
				between.Steps, short.Steps = in.Steps-2, 2
				at := z0.clone()
				s, err := NewSolver(g, between, Compute[float64]{})
				if err != nil {
					t.Fatal(err)
				}
				if err := s.Invert(at, x); err != nil {
					t.Fatal(err)
				}
				want := gradient(Unrolled{}, at, short)
				clear(want.Start.Data) // constants
				compareGradients(t, "truncated to two", flat(gradient(Truncated{2}, z0, in)), flat(want), 1e-12)
			}
		})
	}
}

// TestDerivativesThatDoNotExist are refused by name, before anything is written.
func TestDerivativesThatDoNotExist(t *testing.T) {
	rng := rand.New(rand.NewPCG(87, 88))
	g := randomLinear(rng, 4, 2, false)
	physics := newSecondOrder(&Activated[float64]{Linear: *randomLinear(rng, 4, 2, true)})
	x, z0 := randomMatrix(rng, 3, 4, 1), randomMatrix(rng, 3, 2, 1)
	room := func() *Gradients[float64] { return &Gradients[float64]{} }
	soft := Prox{Kind: Soft, Thresholds: []float64{0.1}}
	for word, c := range map[string]struct {
		g    Generator[float64]
		in   Inner
		want func(*Gradients[float64])
	}{
		"automatic step sizes":       {g, Inner{AutoStep: true}, func(g *Gradients[float64]) { g.StepSizes = make([]float64, 1) }},
		"needs a soft prox":          {g, Inner{LearningRate: 0.1}, func(g *Gradients[float64]) { g.Thresholds = make([]float64, 2) }},
		"one that is positive":       {g, Inner{LearningRate: 0.1}, func(g *Gradients[float64]) { g.Sparse = new(float64) }},
		"room for 2, want 1":         {g, Inner{LearningRate: 0.1}, func(g *Gradients[float64]) { g.StepSizes = make([]float64, 2) }},
		"one for each of 2 latents":  {g, Inner{LearningRate: 0.1, Prox: soft}, func(g *Gradients[float64]) { g.Thresholds = make([]float64, 1) }},
		"no gradient for step sizes": {g, Inner{LearningRate: 0.1, Differentiation: Implicit{}}, func(g *Gradients[float64]) { g.StepSizes = make([]float64, 1) }},
		"generator's parameters":     {g, Inner{LearningRate: 0.1, Differentiation: Forward{}}, func(g *Gradients[float64]) { g.Ridge = new(float64) }},
		"method Tangent":             {physics, Inner{LearningRate: 0.1}, func(g *Gradients[float64]) { g.X = NewMatrix[float64](3, 4) }},
		"Differentiate":              {&physics.firstOrder, Inner{LearningRate: 0.1}, func(g *Gradients[float64]) {}},
	} {
		c.in.Steps = 3
		s, err := NewSolver(c.g, c.in, Compute[float64]{})
		if err != nil {
			t.Fatal(err)
		}
		got := room()
		c.want(got)
		if err := s.Backpropagate(got, z0, z0, x); err == nil || !strings.Contains(err.Error(), word) {
			t.Errorf("want an error that says %q, got %v", word, err)
		}
	}
}

// TestGradientsOfNoSamplesAreZero in every form.
func TestGradientsOfNoSamplesAreZero(t *testing.T) {
	const pixels, latents = 4, 2
	g := randomLinear(rand.New(rand.NewPCG(89, 90)), pixels, latents, true)
	x, z := NewMatrix[float64](0, pixels), NewMatrix[float64](0, latents)
	for name, in := range derivativeCases(latents) {
		for _, form := range forms(in) {
			for _, in.Reduction = range []Reduction{Sum, MeanPixels, MeanAll} {
				in.Form = form
				in.LearningRate = 0.1
				s, err := NewSolver(g, in, Compute[float64]{})
				if err != nil {
					t.Fatal(err)
				}
				got := everyGradient(g, in, z, x)
				other := in.clone()
				fill := func() {
					for _, p := range got.Generator.Parameters() {
						for i := range p.Values {
							p.Values[i] = 7
						}
					}
					*got.Ridge = 7
				}
				fill()
				if err := s.Backpropagate(got, z, z, x); err != nil {
					t.Fatalf("%s, %v: %v", name, form, err)
				}
				for _, d := range derivatives(got, g, &other, z, x) {
					if d.computed != 0 {
						t.Errorf("%s, %v: %s is %v", name, form, d.name, d.computed)
					}
				}
				var st Stats
				if err := s.InvertContext(t.Context(), z, x, &st); err != nil || len(st.Status) != 0 {
					t.Errorf("%s, %v: %v, %v", name, form, err, st)
				}
				if tr, err := s.Trace(z, x); err != nil || len(tr.Path) != in.Steps+1 {
					t.Errorf("%s, %v: trace %v", name, form, err)
				}
			}
		}
	}
}

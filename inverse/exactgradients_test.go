package inverse

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/inversenet/inversenet/internal/testkit"
)

// exactGradients computes every derivative that the exact form has.
func exactGradients(t *testing.T, g *Linear[float64], in Inner, c Compute[float64], lambda, z0, x Matrix[float64]) *Gradients[float64] {
	t.Helper()
	s, err := NewSolver(g, in, c)
	if err != nil {
		t.Fatal(err)
	}
	all := &Gradients[float64]{Generator: newGradientOf(Generator[float64](g)), Start: NewMatrix[float64](z0.Rows, z0.Cols), X: NewMatrix[float64](x.Rows, x.Cols), Ridge: new(float64)}
	if in.Sparse > 0 {
		all.Sparse = new(float64)
	}
	if err := s.Backpropagate(all, lambda, z0, x); err != nil {
		t.Fatal(err)
	}
	return all
}

// stiff is a matrix whose Gram matrix is far from singular, so that supports are
// stable.
func stiff(rng *rand.Rand, pixels, latents int) *Linear[float64] {
	g := randomLinear(rng, pixels, latents, true)
	for k := range latents {
		g.W.Row(k)[k] += 3
	}
	return g
}

// TestExactDerivatives compares all of them with finite differences, to 1e-7.
func TestExactDerivatives(t *testing.T) {
	const pixels, latents, samples = 8, 5, 3
	onEveryISA(t, func(t *testing.T, c Compute[float64]) {
		for name, in := range exactCases(latents) {
			t.Run(name, func(t *testing.T) {
				rng := rand.New(rand.NewPCG(21, 22))
				g := stiff(rng, pixels, latents)
				x, z0, lambda := randomMatrix(rng, samples, pixels, 2), randomMatrix(rng, samples, latents, 1), randomMatrix(rng, samples, latents, 1)
				got := exactGradients(t, g, in, c, lambda, z0, x)
				in := in.clone()
				for _, d := range derivatives(got, g, &in, z0, x) {
					at := *d.at
					loss := func(v float64) float64 {
						*d.at = v
						return lossAt(t, g, in, c, lambda, z0, x)
					}
					h := 1e-4 * max(math.Abs(at), 1e-1)
					var want float64
					if d.name == "ridge" && at == 0 { // from one side
						want = (4*loss(h) - 3*loss(0) - loss(2*h)) / (2 * h)
					} else {
						want = testkit.CentralDifference(loss, at, h)
					}
					*d.at = at
					if diff := math.Abs(d.computed - want); !(diff <= 1e-7*max(1, math.Abs(want))) {
						t.Errorf("%s: gradient %.10g, finite difference %.10g", d.name, d.computed, want)
					}
				}
			})
		}
	})
}

// TestExactDerivativesAreWhereStepsLead compares with implicit differentiation
// after many steps, and a float32 model with a float64 one.
func TestExactDerivativesAreWhereStepsLead(t *testing.T) {
	rng := rand.New(rand.NewPCG(23, 24))
	g := stiff(rng, 9, 6)
	x, z0, lambda := randomMatrix(rng, 20, 9, 2), NewMatrix[float64](20, 6), randomMatrix(rng, 20, 6, 1)
	for name, in := range exactCases(6) {
		got := exactGradients(t, g, in, Compute[float64]{}, lambda, z0, x)
		narrow := &Linear[float32]{W: FromFloat64[float32](9, 6, g.W.Data), Bias: FromFloat64[float32](1, 9, g.Bias).Data}
		s, err := NewSolver(narrow, in, Compute[float32]{})
		if err != nil {
			t.Fatal(err)
		}
		dw := NewLinear[float32](9, 6, true)
		if err := s.Backpropagate(&Gradients[float32]{Generator: dw}, FromFloat64[float32](20, 6, lambda.Data), NewMatrix[float32](20, 6), FromFloat64[float32](20, 9, x.Data)); err != nil {
			t.Fatal(err)
		}
		for i, v := range got.Generator.Parameters()[0].Values {
			if d := math.Abs(v - float64(dw.W.Data[i])); d > 2e-5*max(1, math.Abs(v)) {
				t.Errorf("%s: ∂L/∂W[%d] is %.8g in float32, %.8g in float64", name, i, dw.W.Data[i], v)
			}
		}
		if in.Prox.Kind == Box && in.Sparse > 0 {
			continue // steps have no such prox
		}
		in.Form, in.Steps, in.AutoStep, in.Differentiation = GramForm, 5000, true, Implicit{}
		want := exactGradients(t, g, in, Compute[float64]{}, lambda, z0, x)
		in, other := in.clone(), in.clone()
		steps := derivatives(want, g, &other, z0, x)
		for i, d := range derivatives(got, g, &in, z0, x) {
			if diff := math.Abs(d.computed - steps[i].computed); diff > 1e-10*max(1, math.Abs(d.computed)) {
				t.Errorf("%s: %s is %.12g, after many steps %.12g", name, d.name, d.computed, steps[i].computed)
			}
		}
	}
}

// TestExactNamesTheSample whose minimiser is not unique, by its row of the data,
// also where mini-batches are drawn.
func TestExactNamesTheSample(t *testing.T) {
	g := NewLinear[float64](3, 3, false)
	g.W.Data = []float64{1, 1, 0, 0, 0, 1, 0, 0, 1} // the first two columns are the same
	const samples, odd = 40, 23
	x := NewMatrix[float64](samples, 3)
	for i := range samples {
		copy(x.Row(i), []float64{-1, 1, 2})
	}
	x.Row(odd)[0] = 1
	in := Inner{Form: ExactForm, Prox: Prox{Kind: NonNegativeLatents}}
	check := func(name string, err error) {
		t.Helper()
		var m *MinimumError
		if !errors.As(err, &m) || m.Sample != odd || m.Pixels != 3 || !strings.Contains(m.Reason, "ridge") {
			t.Errorf("%s: got the error %v, want one for sample %d", name, err, odd)
		}
	}
	for _, threads := range []int{1, 3} {
		c := Compute[float64]{Threads: threads}
		s, err := NewSolver(g, in, c)
		if err != nil {
			t.Fatal(err)
		}
		z := NewMatrix[float64](samples, 3)
		if err := s.Invert(z, x); err != nil {
			t.Errorf("latents need not be unique: %v", err)
		}
		check("Backpropagate", s.Backpropagate(&Gradients[float64]{X: NewMatrix[float64](samples, 3)}, z, NewMatrix[float64](samples, 3), x))
		for _, size := range []int{0, 7} {
			m := &Model[float64]{Generator: g, Inner: in}
			_, err = Fit(context.Background(), m, Data[float64]{X: x, Targets: NewMatrix[float64](samples, 3)}, SquaredError{}, Outer[float64]{Steps: 10, BatchSize: size, GeneratorRate: 1e-30, Compute: c})
			check(fmt.Sprintf("batches of %d", size), err)
		}
	}
	in.Ridge = 1e-3
	s, err := NewSolver(g, in, Compute[float64]{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Backpropagate(&Gradients[float64]{X: NewMatrix[float64](samples, 3)}, x, NewMatrix[float64](samples, 3), x); err != nil {
		t.Errorf("with a ridge: %v", err)
	}
}

// TestExactTraining: the loss of a model that reads minimisers, and its gradient, by
// finite differences; training by it, to the same bits on any number of threads.
func TestExactTraining(t *testing.T) {
	build := func(in Inner) (*Model[float64], Data[float64]) {
		rng := rand.New(rand.NewPCG(25, 26))
		m := &Model[float64]{Generator: stiff(rng, 8, 5), Head: randomLinear(rng, 3, 5, true), Inner: in}
		d := Data[float64]{X: randomMatrix(rng, 100, 8, 2), Labels: make([]int, 100)}
		for i := range d.Labels {
			d.Labels[i] = rng.IntN(3)
		}
		return m, d
	}
	for name, in := range exactCases(5) {
		m, d := build(in)
		p, err := NewProblem(m, d, SoftmaxCrossEntropy{}, Variables[float64]{})
		if err != nil {
			t.Fatal(err)
		}
		x := p.Get()
		untrained := p.Func(x)
		grad := make([]float64, p.Dim())
		p.Grad(grad, x)
		for i := range x[:48] { // W and b
			at := x[i]
			want := testkit.CentralDifference(func(v float64) float64 {
				x[i] = v
				return p.Func(x)
			}, at, 1e-6*max(math.Abs(at), 1e-1))
			x[i] = at
			if !(math.Abs(grad[i]-want) <= 1e-6*max(1, math.Abs(want))) {
				t.Errorf("%s: gradient %d is %.10g, finite difference %.10g", name, i, grad[i], want)
			}
		}
		var bits []float64
		for _, threads := range []int{1, 2, 5} {
			m, d := build(in)
			r, err := Fit(context.Background(), m, d, SoftmaxCrossEntropy{}, Outer[float64]{Steps: 20, GeneratorRate: 0.1, HeadRate: 0.1, BatchSize: 50, Compute: Compute[float64]{Threads: threads}})
			if err != nil {
				t.Fatal(name, err)
			}
			if r.Form != ExactForm || !(r.FinalLoss < untrained) {
				t.Errorf("%s: %v from %g to %g", name, r.Form, untrained, r.FinalLoss)
			}
			got := append([]float64(nil), m.Generator.(*Linear[float64]).W.Data...)
			if bits != nil {
				mustEqual(t, fmt.Sprintf("%s, %d threads", name, threads), got, bits)
			}
			bits = got
		}
	}
}

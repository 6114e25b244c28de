package inverse

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/inversenet/inversenet/internal/testkit"
	"github.com/inversenet/inversenet/kernels"
)

// onEveryISA runs a float64 test on every instruction set; one that this
// machine lacks is a named skip.
func onEveryISA(t *testing.T, test func(t *testing.T, c Compute[float64])) {
	t.Helper()
	for _, isa := range []kernels.ISA{kernels.Go, kernels.AVX2, kernels.AVX512} {
		t.Run(isa.String(), func(t *testing.T) {
			table, err := kernels.For[float64](isa)
			if err != nil {
				t.Skip(err)
			}
			if underRace && table != kernels.Default[float64]() {
				t.Skip("under the race detector the default instruction set is enough")
			}
			test(t, Compute[float64]{Kernels: table, Threads: 2})
		})
	}
}

func randomMatrix(rng *rand.Rand, rows, cols int, scale float64) Matrix[float64] {
	m := NewMatrix[float64](rows, cols)
	for i := range m.Data {
		m.Data[i] = scale * rng.NormFloat64()
	}
	return m
}

func randomLinear(rng *rand.Rand, pixels, latents int, bias bool) *Linear[float64] {
	g := &Linear[float64]{W: randomMatrix(rng, pixels, latents, 1)}
	if bias {
		g.Bias = randomMatrix(rng, 1, pixels, 1).Data
	}
	return g
}

// trainingCase is one combination of head, loss and reduction.
type trainingCase struct {
	head      string
	loss      Loss
	reduction Reduction
}

func trainingCases() (cases []trainingCase) {
	for _, head := range []string{"identity", "linear", "linear with bias"} {
		for _, loss := range []Loss{SoftmaxCrossEntropy{}, SoftmaxCrossEntropy{0.2}, LogisticCrossEntropy{}, LogisticCrossEntropy{0.2}, SquaredError{}} {
			for r := Sum; r <= MeanAll; r++ {
				cases = append(cases, trainingCase{head, loss, r})
			}
		}
	}
	return cases
}

func (c trainingCase) String() string {
	return fmt.Sprintf("%s/%v%+v/%v", c.head, c.loss, struct{ Loss }{c.loss}, c.reduction)
}

// build makes a small random model with data for it. The step is scaled so that
// eight of them move the latents far without diverging.
func (c trainingCase) build(rng *rand.Rand) (*Model[float64], Data[float64]) {
	const pixels, latents, samples = 7, 3, 19
	m := &Model[float64]{
		Generator: randomLinear(rng, pixels, latents, c.head != "identity"),
		Inner:     Inner{Steps: 8, Reduction: c.reduction, LearningRate: 1},
	}
	m.Inner.LearningRate = 0.3 / m.Generator.(*Linear[float64]).LambdaMax() / m.Inner.Step(pixels, samples)
	switch c.head {
	case "linear":
		m.Head = randomLinear(rng, 4, latents, false)
	case "linear with bias":
		m.Head = randomLinear(rng, 4, latents, true)
	}
	d := Data[float64]{
		X:       randomMatrix(rng, samples, pixels, 1),
		Start:   randomMatrix(rng, samples, latents, 1),
		Targets: randomMatrix(rng, samples, m.Outputs(), 1),
		Labels:  make([]int, samples),
	}
	for i := range d.Labels {
		d.Labels[i] = rng.IntN(m.Outputs())
	}
	return m, d
}

// parameters lists every number that training moves, with its gradient.
func parameters(m *Model[float64], t *Trainer[float64]) (params, grads []*float64) {
	add := func(g Generator[float64], from [][]float64) {
		if g == nil {
			return
		}
		for i, p := range g.Parameters() {
			for j := range p.Values {
				params, grads = append(params, &p.Values[j]), append(grads, &from[i][j])
			}
		}
	}
	add(m.Generator, t.update.gradients.Generator)
	add(m.Head, t.update.head)
	return params, grads
}

// TestGradientMatchesFiniteDifferences checks every parameter's derivative of
// the loss through the whole inversion.
func TestGradientMatchesFiniteDifferences(t *testing.T) {
	onEveryISA(t, func(t *testing.T, c Compute[float64]) {
		for _, tc := range trainingCases() {
			t.Run(tc.String(), func(t *testing.T) {
				m, d := tc.build(rand.New(rand.NewPCG(1, 2)))
				for _, form := range []Form{DirectForm, GramForm, ClosedForm} {
					for _, start := range []Matrix[float64]{d.Start, {}} { // given, and zero
						m.Inner.Form, d.Start = form, start
						tr, err := NewTrainer(m, d, tc.loss, Outer[float64]{Compute: c})
						if err != nil {
							t.Fatal(err)
						}
						if _, err := tr.Step(context.Background()); err != nil { // both rates are 0: gradients only
							t.Fatal(err)
						}
						checkTrainingGradient(t, m, tr, 1e-3)
					}
				}
			})
		}
	})
}

// checkTrainingGradient compares the gradient that a step left with finite
// differences of the loss that begin at h.
func checkTrainingGradient(t *testing.T, m *Model[float64], tr *Trainer[float64], h float64) {
	t.Helper()
	params, grads := parameters(m, tr)
	for i, p := range params {
		at := *p
		want := testkit.CentralDifference(func(x float64) float64 {
			*p = x
			loss, err := tr.Loss(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			return loss
		}, at, h)
		*p = at
		if diff := math.Abs(*grads[i] - want); !(diff <= 1e-6*math.Max(math.Abs(want), 1e-3)) {
			t.Errorf("parameter %d: gradient %.12g, finite difference %.12g", i, *grads[i], want)
		}
	}
}

// TestAdjointIdentity checks ⟨λ, J·v⟩ = ⟨Jᵀλ, v⟩ for the derivative J of the
// inversion in its parameters and its start. J·v comes from the same inversion
// carried out on dual numbers.
func TestAdjointIdentity(t *testing.T) {
	onEveryISA(t, func(t *testing.T, c Compute[float64]) {
		for r := Sum; r <= MeanAll; r++ {
			for _, bias := range []bool{false, true} {
				for _, samples := range []int{1, 5, 33} {
					t.Run(fmt.Sprintf("%v/bias=%v/B%d", r, bias, samples), func(t *testing.T) {
						testAdjointIdentity(t, c, r, bias, samples)
					})
				}
			}
		}
	})
}

func testAdjointIdentity(t *testing.T, c Compute[float64], r Reduction, bias bool, samples int) {
	const pixels, latents = 9, 5
	rng := rand.New(rand.NewPCG(3, uint64(samples)))
	g, v := randomLinear(rng, pixels, latents, bias), randomLinear(rng, pixels, latents, bias)
	x, z0 := randomMatrix(rng, samples, pixels, 1), randomMatrix(rng, samples, latents, 1)
	v0, lambda := randomMatrix(rng, samples, latents, 1), randomMatrix(rng, samples, latents, 1)
	in := Inner{Steps: 12, Reduction: r, LearningRate: 1}
	in.LearningRate = 0.5 / g.LambdaMax() / in.Step(pixels, samples)

	s, err := NewSolver(g, in, c)
	if err != nil {
		t.Fatal(err)
	}
	_, dz := dualInvert(g, v, z0, v0, x, in)
	left := inner(lambda.Data, dz.Data)
	grad := NewLinear[float64](pixels, latents, bias)
	back := lambda.clone()
	if err := s.Backpropagate(&Gradients[float64]{Generator: grad, Start: back}, back, z0, x); err != nil {
		t.Fatal(err)
	}
	right := inner(grad.W.Data, v.W.Data) + inner(grad.Bias, v.Bias) + inner(back.Data, v0.Data)
	size := math.Sqrt(inner(lambda.Data, lambda.Data) * inner(dz.Data, dz.Data))
	if diff := math.Abs(left - right); !(diff <= 1e-12*size) {
		t.Errorf("⟨λ, Jv⟩ = %.15g, ⟨Jᵀλ, v⟩ = %.15g: apart by %.2g of their size", left, right, diff/size)
	}
}

// dualInvert carries the inner steps and their derivative in the direction of
// dg, dz0 with plain loops.
func dualInvert(g, dg *Linear[float64], z0, dz0, x Matrix[float64], in Inner) (z, dz Matrix[float64]) {
	z, dz = z0.clone(), dz0.clone()
	s := in.Step(g.Pixels(), x.Rows)
	for i := range z.Rows {
		zi, di := z.Row(i), dz.Row(i)
		for range in.Steps {
			step, dstep := make([]float64, len(zi)), make([]float64, len(zi))
			for j := range g.Pixels() {
				w, dw := g.W.Row(j), dg.W.Row(j)
				res, dres := inner(w, zi)-x.Row(i)[j], inner(dw, zi)+inner(w, di)
				if g.Bias != nil {
					res, dres = res+g.Bias[j], dres+dg.Bias[j]
				}
				for k := range zi {
					step[k] += w[k] * res
					dstep[k] += dw[k]*res + w[k]*dres
				}
			}
			for k := range zi {
				zi[k] -= s * step[k]
				di[k] -= s * dstep[k]
			}
		}
	}
	return z, dz
}

func inner(a, b []float64) float64 { return dot(a, b) }

func dot(a, b []float64) (sum float64) {
	for i, v := range a {
		sum += v * b[i]
	}
	return sum
}

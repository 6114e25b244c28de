package optim

import (
	"math"
	"math/rand/v2"
	"testing"
)

// sequences were computed with 60 decimal digits from the formulas as PyTorch
// documents them, for f(x) = x⁴/4 − x², whose gradient is x³ − 2x, and rounded.
var sequences = []struct {
	name     string
	settings Settings
	x, rate  float64
	want     []float64
}{
	{"gradient descent", GradientDescent{}, 0.5, 0.1, []float64{
		0.5875, 0.68472207031249999, 0.7895636794706028, 0.89825416254673063, 1.0054284111432719, 1.1048767137384319}},
	{"gradient descent with decay", GradientDescent{WeightDecay: 0.2}, 0.5, 0.1, []float64{
		0.5775, 0.6621900140625, 0.75234747486570075, 0.84518514277072632, 0.93694368830932817, 1.0233426879892795}},
	{"momentum", Momentum{}, 0.5, 0.1, []float64{
		0.5875, 0.76347207031249997, 1.0300393545247506, 1.3666725553775552, 1.6877106846024086, 1.833465135967949}},
	{"momentum with decay", Momentum{Mu: 0.8, WeightDecay: 0.2}, 0.5, 0.1, []float64{
		0.5775, 0.73219001406249995, 0.95772335888582294, 1.23440963375289, 1.5051806772613685, 1.6714715393215855}},
	{"Nesterov", Momentum{Nesterov: true, WeightDecay: 0.2}, 0.5, 0.1, []float64{
		0.65625, 0.90967657470703123, 1.2413417730141827, 1.5436691809242142, 1.6436391587614885, 1.5626358433742262}},
	{"Adam", Adam{}, 0.5, 0.1, []float64{
		0.59999999885714284, 0.70013368656596253, 0.80048505068162923, 0.90106280792406646, 1.0017441303578065, 1.1021886970957835}},
	{"AdamW", Adam{WeightDecay: 0.01}, 0.5, 0.1, []float64{
		0.59949999885714289, 0.69903433468565246, 0.7986865640882238, 0.89846603386952906, 0.99825370215942733, 1.097720372825624}},
	{"AdamW with other settings", Adam{Beta1: 0.8, Beta2: 0.95, Eps: 1e-3, WeightDecay: 0.5}, -2, 0.05, []float64{
		-1.900012496875781, -1.8035334934228646, -1.7112971880543857, -1.624097102573379, -1.5427295745436531, -1.4679205331760692}},
}

func TestSequences(t *testing.T) {
	for _, s := range sequences {
		t.Run(s.name+"/float64", func(t *testing.T) { testSequence[float64](t, s.settings, s.x, s.rate, s.want, 1e-14) })
		t.Run(s.name+"/float32", func(t *testing.T) { testSequence[float32](t, s.settings, s.x, s.rate, s.want, 1e-6) })
	}
}

// testSequence follows f from 19 places at once, so that the elements run through
// whole vectors and through what is left of them.
func testSequence[T Float](t *testing.T, s Settings, x, rate float64, want []float64, allowed float64) {
	const n = 19
	p := []Param[T]{{Name: "x", Value: make([]T, n), Grad: make([]T, n), Rate: 0.5, Decay: true}}
	for i := range n {
		p[0].Value[i] = T(x)
	}
	o := mustNew(t, s, p)
	for step, want := range want {
		for i, x := range p[0].Value {
			p[0].Grad[i] = x*x*x - 2*x
		}
		o.Step(p, 2*rate)
		for i, x := range p[0].Value {
			if e := math.Abs(float64(x)-want) / math.Abs(want); !(e <= allowed) {
				t.Fatalf("step %d, element %d: %v, not %v: relative error %.1e", step+1, i, x, want, e)
			}
		}
	}
	if o.Steps() != len(want) {
		t.Errorf("%d steps, not %d", o.Steps(), len(want))
	}
}

// The documented formula, term by term in float64, over gradients of all sizes.
func TestAdamFollowsItsFormulaForLong(t *testing.T) {
	const n, steps = 40, 3000
	const beta1, beta2, eps, decay = 0.9, 0.999, 1e-8, 0.01
	rng := rand.New(rand.NewPCG(5, 6))
	p := []Param[float64]{{Name: "x", Value: make([]float64, n), Grad: make([]float64, n), Rate: 1, Decay: true}}
	var x, m, v [n]float64
	o := mustNew[float64](t, Adam{WeightDecay: decay}, p)
	for step := 1; step <= steps; step++ {
		rate := 0.01 * Cosine{}.At(step-1, steps)
		for i := range x {
			g := rng.NormFloat64() * math.Pow(10, float64(i%8)-6)
			p[0].Grad[i] = g
			m[i] = beta1*m[i] + (1-beta1)*g
			v[i] = beta2*v[i] + (1-beta2)*g*g
			mHat, vHat := m[i]/(1-math.Pow(beta1, float64(step))), v[i]/(1-math.Pow(beta2, float64(step)))
			x[i] -= rate * decay * x[i]
			x[i] -= rate * mHat / (math.Sqrt(vHat) + eps)
		}
		o.Step(p, rate)
	}
	for i, want := range x {
		if got := p[0].Value[i]; !(math.Abs(got-want) <= 1e-12*(1+math.Abs(want))) {
			t.Errorf("element %d: %v, not %v", i, got, want)
		}
	}
}

func clone[T Float](s []T) []T { return append([]T(nil), s...) }

func mustNew[T Float](t *testing.T, s Settings, p []Param[T]) Optimizer[T] {
	t.Helper()
	o, err := New(s, p)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

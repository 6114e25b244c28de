package inverse

import (
	"context"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/inversenet/inversenet/kernels"
)

// layeredHeads lists heads of 4 outputs for 3 latents.
func layeredHeads(rng *rand.Rand) map[string]Generator[float64] {
	heads := map[string]Generator[float64]{}
	for act := kernels.Identity; act <= kernels.Softplus; act++ {
		heads["activated "+act.String()] = &Activated[float64]{Linear: *randomLinear(rng, 4, 3, act != kernels.Tanh), Activation: act}
		heads["two layers "+act.String()] = randomMLP(rng, act, 3, 5, 4)
	}
	deep := randomMLP(rng, kernels.Softplus, 3, 5, 17, 4)
	deep.Layers[1].Bias, deep.Output = nil, kernels.Tanh
	heads["deep"] = deep
	return heads
}

// TestLayeredHeads compares what a head made of layers gives with its Generate,
// and every derivative of the loss with finite differences.
func TestLayeredHeads(t *testing.T) {
	onEveryISA(t, func(t *testing.T, c Compute[float64]) {
		for name, head := range layeredHeads(rand.New(rand.NewPCG(61, 62))) {
			t.Run(name, func(t *testing.T) {
				m, d := trainingCase{"linear", SquaredError{}, Sum}.build(rand.New(rand.NewPCG(63, 64)))
				m.Head = head
				tr, err := NewTrainer(m, d, SquaredError{}, Outer[float64]{Compute: c})
				if err != nil {
					t.Fatal(err)
				}
				loss, err := tr.Step(context.Background()) // both rates are 0: gradients only
				if err != nil {
					t.Fatal(err)
				}
				h := 1e-3
				if strings.HasSuffix(name, kernels.ReLU.String()) {
					h = 1e-5 // small beside the distance to a kink
				}
				checkTrainingGradient(t, m, tr, h)

				out, err := m.Predict(d.X, d.Start, c)
				if err != nil {
					t.Fatal(err)
				}
				var want float64
				for i, v := range out.Data {
					e := v - d.Targets.Data[i]
					want += e * e / float64(d.X.Rows)
				}
				if diff := math.Abs(loss - want); !(diff <= 1e-12*want) {
					t.Errorf("loss %.15g, of what Predict gives %.15g", loss, want)
				}
			})
		}
	})
}

// TestHeadsRefuse: an activation that there is none of is an error, and so is a
// head that the library cannot run.
func TestHeadsRefuse(t *testing.T) {
	rng := rand.New(rand.NewPCG(65, 66))
	for want, head := range map[string]Generator[float64]{
		"Activation(-1): want kernels.Identity": randomMLP(rng, -1, 3, 4),
		"head: a inverse.gradientOf, want nil":  newGradientOf(randomMLP(rng, kernels.Tanh, 3, 4)),
	} {
		t.Run(want, func(t *testing.T) {
			m, d := trainingCase{"linear", SquaredError{}, Sum}.build(rng)
			m.Head = head
			_, err := NewTrainer(m, d, SquaredError{}, Outer[float64]{})
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("got %v, want an error with %q", err, want)
			}
		})
	}
}

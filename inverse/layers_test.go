package inverse

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/inversenet/inversenet/inverse/internal/engine"
	"github.com/inversenet/inversenet/kernels"
)

const layeredPixels, layeredLatents = 9, 4

// layeredCases lists generators made of layers, each with the perceptron that
// defines it.
func layeredCases(rng *rand.Rand) map[string]struct {
	g   Generator[float64]
	mlp *MLP[float64]
} {
	type c = struct {
		g   Generator[float64]
		mlp *MLP[float64]
	}
	cases := map[string]c{}
	for act := kernels.Identity; act <= kernels.Softplus; act++ {
		linear := randomLinear(rng, layeredPixels, layeredLatents, act != kernels.Tanh)
		g := &Activated[float64]{Linear: *linear, Activation: act}
		cases["activated "+act.String()] = c{g, &MLP[float64]{Layers: []*Linear[float64]{&g.Linear}, Output: act}}
		mlp := randomMLP(rng, act, layeredLatents, 6, layeredPixels)
		cases["two layers "+act.String()] = c{mlp, mlp}
	}
	deep := randomMLP(rng, kernels.Tanh, layeredLatents, 6, 3, layeredPixels)
	deep.Layers[1].Bias, deep.Output = nil, kernels.Sigmoid
	cases["deep tanh to sigmoid"] = c{deep, deep}
	soft := randomMLP(rng, kernels.Sigmoid, layeredLatents, 6, 17, layeredPixels)
	soft.Layers[2].Bias, soft.Output = nil, kernels.Softplus
	cases["deep sigmoid to softplus"] = c{soft, soft}
	one := randomMLP(rng, kernels.ReLU, layeredLatents, layeredPixels)
	cases["one layer"] = c{one, one}
	return cases
}

func randomMLP(rng *rand.Rand, act kernels.Activation, sizes ...int) *MLP[float64] {
	g := NewMLP[float64](sizes, act, rng)
	for _, l := range g.Layers {
		copy(l.Bias, randomMatrix(rng, 1, len(l.Bias), 0.5).Data)
	}
	return g
}

// steepness bounds the largest eigenvalue of JᵀJ.
func steepness(g *MLP[float64]) float64 {
	bound := 1.0
	for l, layer := range g.Layers {
		bound *= layer.LambdaMax()
		act := g.Activation
		if l == len(g.Layers)-1 {
			act = g.Output
		}
		if act == kernels.Sigmoid {
			bound /= 16
		}
	}
	return bound
}

// forEachLayered runs a test, with data and with λ, on every instruction set and
// generator: on two of them with all inner methods, on the others with two.
func forEachLayered(t *testing.T, samples int, test func(t *testing.T, c Compute[float64], g Generator[float64], mlp *MLP[float64], in Inner, z0, x, lambda Matrix[float64])) {
	onEveryISA(t, func(t *testing.T, c Compute[float64]) {
		for name, g := range layeredCases(rand.New(rand.NewPCG(31, 32))) {
			all := name == "activated sigmoid" || name == "deep tanh to sigmoid"
			for method, in := range innerCases(layeredLatents) {
				if !all && method != "plain" && method != "ridge, nesterov" {
					continue
				}
				t.Run(name+"/"+method, func(t *testing.T) {
					rng := rand.New(rand.NewPCG(33, 34))
					x, z0 := randomMatrix(rng, samples, layeredPixels, 1), randomMatrix(rng, samples, layeredLatents, 1)
					lambda := randomMatrix(rng, samples, layeredLatents, 1)
					test(t, c, g.g, g.mlp, in.scaledBy(steepness(g.mlp), layeredPixels, samples), z0, x, lambda)
				})
			}
		}
	})
}

// TestLayersMatchTheDefinition compares every inner method with plain loops.
func TestLayersMatchTheDefinition(t *testing.T) {
	for _, samples := range []int{1, 19} {
		forEachLayered(t, samples, func(t *testing.T, c Compute[float64], g Generator[float64], mlp *MLP[float64], in Inner, z0, x, _ Matrix[float64]) {
			want := referenceLoop(in, nil, steady(mlp).plainSlope, z0, x)
			s, err := NewSolver(g, in, c)
			if err != nil {
				t.Fatal(err)
			}
			z := z0.clone()
			if err := s.Invert(z, x); err != nil {
				t.Fatal(err)
			}
			moved := 0.0
			for i, v := range z.Data {
				moved = math.Max(moved, math.Abs(v-z0.Data[i]))
				if diff := math.Abs(v - want.Data[i]); !(diff <= 1e-13) {
					t.Fatalf("element %d: %v, want %v: apart by %.2g", i, v, want.Data[i], diff)
				}
			}
			if moved < 1e-3 {
				t.Errorf("the latents moved by %.2g at most: too little to tell", moved)
			}
		})
	}
}

// TestLayersAgainstDifferences checks the derivatives in all parameters and in
// the starts, for every inner method, also with samples that stop.
func TestLayersAgainstDifferences(t *testing.T) {
	forEachLayered(t, 5, func(t *testing.T, c Compute[float64], g Generator[float64], _ *MLP[float64], in Inner, z0, x, lambda Matrix[float64]) {
		for _, tolerance := range []float64{0, 0.05} {
			in.Tolerance = tolerance
			checkAgainstDifferences(t, g, in, c, lambda, z0, x, backpropagated(t, g, in, c, lambda, z0, x))
		}
	})
}

// TestLayersAdjointIdentity checks ⟨λ, J·v⟩ = ⟨Jᵀλ, v⟩, with J·v from the same
// steps on dual numbers.
func TestLayersAdjointIdentity(t *testing.T) {
	onEveryISA(t, func(t *testing.T, c Compute[float64]) {
		for name, g := range layeredCases(rand.New(rand.NewPCG(35, 36))) {
			for _, samples := range []int{1, 5, 33} {
				t.Run(fmt.Sprintf("%s/B%d", name, samples), func(t *testing.T) {
					rng := rand.New(rand.NewPCG(37, uint64(samples)))
					x, z0 := randomMatrix(rng, samples, layeredPixels, 1), randomMatrix(rng, samples, layeredLatents, 1)
					dz0, lambda := randomMatrix(rng, samples, layeredLatents, 1), randomMatrix(rng, samples, layeredLatents, 1)
					in := Inner{Steps: 12, LearningRate: 0.25 / steepness(g.mlp)}
					moving := steady(g.mlp)
					direction := values(nil, moving.direction)
					for _, d := range direction {
						copy(d, randomMatrix(rng, 1, len(d), 1).Data)
					}
					dz := moving.descend(in, z0, dz0, x)
					left, right := dot(lambda.Data, dz.Data), 0.0
					grad := backpropagated(t, g.g, in, c, lambda, z0, x)
					for _, d := range append(direction, dz0.Data) {
						right += dot(d, grad)
						grad = grad[len(d):]
					}
					size := math.Sqrt(dot(lambda.Data, lambda.Data) * dot(dz.Data, dz.Data))
					if diff := math.Abs(left - right); !(diff <= 1e-12*size) {
						t.Errorf("⟨λ, Jv⟩ = %.15g, ⟨Jᵀλ, v⟩ = %.15g: apart by %.2g of their size", left, right, diff/size)
					}
				})
			}
		}
	})
}

// TestLayersDoNotDependOnTheBatch: a sample gives the same bits alone and in
// company, stopping by itself or not.
func TestLayersDoNotDependOnTheBatch(t *testing.T) {
	forEachLayered(t, 21, func(t *testing.T, c Compute[float64], g Generator[float64], _ *MLP[float64], in Inner, z0, x, _ Matrix[float64]) {
		for _, in.Tolerance = range []float64{0, 0.05} {
			s, err := NewSolver(g, in, c)
			if err != nil {
				t.Fatal(err)
			}
			together := z0.clone()
			if err := s.Invert(together, x); err != nil {
				t.Fatal(err)
			}
			for i := range x.Rows {
				alone := z0.Slice(i, i+1).clone()
				if err := s.Invert(alone, x.Slice(i, i+1)); err != nil {
					t.Fatal(err)
				}
				for k, v := range alone.Data {
					if v != together.Row(i)[k] {
						t.Fatalf("sample %d, latent %d: %v in company, %v alone", i, k, together.Row(i)[k], v)
					}
				}
			}
		}
	})
}

// TestLayersImplicit runs to the fixed point, where implicit and unrolled
// differentiation must agree. With ReLU there may be none: descent goes to and fro
// across a kink.
func TestLayersImplicit(t *testing.T) {
	for name, g := range layeredCases(rand.New(rand.NewPCG(42, 43))) {
		if strings.HasSuffix(name, kernels.ReLU.String()) {
			continue
		}
		t.Run(name, func(t *testing.T) {
			const samples = 7
			rng := rand.New(rand.NewPCG(44, 45))
			x, z0 := randomMatrix(rng, samples, layeredPixels, 1), randomMatrix(rng, samples, layeredLatents, 1)
			lambda := randomMatrix(rng, samples, layeredLatents, 1)
			in := Inner{Steps: 4000, LearningRate: 0.3 / (steepness(g.mlp) + 2), Ridge: 2}
			want := backpropagated(t, g.g, in, Compute[float64]{}, lambda, z0, x)
			in.Differentiation = Implicit{}
			compareGradients(t, "implicit", backpropagated(t, g.g, in, Compute[float64]{}, lambda, z0, x), want, 1e-9)
		})
	}
}

// TestLayersInFloat32 compares with the same inversion and gradient in float64.
func TestLayersInFloat32(t *testing.T) {
	const samples = 19
	rng := rand.New(rand.NewPCG(58, 59))
	double := randomMLP(rng, kernels.Softplus, layeredLatents, 6, layeredPixels)
	double.Output = kernels.Sigmoid
	single := NewMLP[float32]([]int{layeredLatents, 6, layeredPixels}, kernels.Softplus, rng)
	single.Output = kernels.Sigmoid
	for i, p := range single.Parameters() {
		rounded(p.Values, double.Parameters()[i].Values)
	}
	x, z0 := randomMatrix(rng, samples, layeredPixels, 1), randomMatrix(rng, samples, layeredLatents, 1)
	lambda := randomMatrix(rng, samples, layeredLatents, 1)
	in := Inner{Steps: 7, LearningRate: 0.3 / steepness(double), Momentum: Momentum{Nesterov, 0.4}}

	want := backpropagated(t, double, in, Compute[float64]{}, lambda, z0, x)
	s, err := NewSolver[float32](single, in, Compute[float32]{})
	if err != nil {
		t.Fatal(err)
	}
	grad := NewMLP[float32]([]int{layeredLatents, 6, layeredPixels}, kernels.Softplus, rng)
	single32 := func(m Matrix[float64]) Matrix[float32] {
		out := NewMatrix[float32](m.Rows, m.Cols)
		rounded(out.Data, m.Data)
		return out
	}
	back := single32(lambda)
	if err := s.Backpropagate(&Gradients[float32]{Generator: grad, Start: back}, back, single32(z0), single32(x)); err != nil {
		t.Fatal(err)
	}
	var got []float64
	for _, values := range append(values(nil, Generator[float32](grad)), back.Data) {
		for _, v := range values {
			got = append(got, float64(v))
		}
	}
	compareGradients(t, "float32", got, want, 1e-6)
}

func rounded(dst []float32, src []float64) {
	for i, v := range src {
		dst[i] = float32(v)
	}
}

// TestGenerateLayers compares Generate with the definition, on strided rows and
// more of them than a panel holds.
func TestGenerateLayers(t *testing.T) {
	for name, g := range layeredCases(rand.New(rand.NewPCG(46, 47))) {
		t.Run(name, func(t *testing.T) {
			const samples = 37
			z := randomMatrix(rand.New(rand.NewPCG(48, 49)), samples, layeredLatents, 1)
			wide := NewMatrix[float64](samples, layeredPixels+2)
			for i := range wide.Data {
				wide.Data[i] = -7
			}
			dst := wide
			dst.Cols = layeredPixels
			g.g.Generate(dst, z)
			for i := range samples {
				at := make([]dual, layeredLatents)
				for k, v := range z.Row(i) {
					at[k].v = v
				}
				want, _ := steady(g.mlp).outputs(at)
				for j, v := range dst.Row(i) {
					if diff := math.Abs(v - want[j].v); !(diff <= 1e-14*math.Max(1, math.Abs(v))) {
						t.Fatalf("row %d, pixel %d: %v, want %v", i, j, v, want[j].v)
					}
				}
				if row := wide.Row(i); row[layeredPixels] != -7 || row[layeredPixels+1] != -7 {
					t.Fatalf("row %d: wrote beyond its columns", i)
				}
			}
		})
	}
}

// TestLayeredTrainingAllocatesNothing trains a perceptron under a perceptron
// head, and inverts and differentiates generators made of layers.
func TestLayeredTrainingAllocatesNothing(t *testing.T) {
	rng := rand.New(rand.NewPCG(50, 51))
	for name, g := range layeredCases(rng) {
		t.Run(name, func(t *testing.T) {
			head := randomMLP(rng, kernels.Tanh, layeredLatents, 5, 3)
			m := &Model[float64]{Generator: g.g, Head: head, Inner: Inner{Steps: 3, LearningRate: 0.1 / steepness(g.mlp)}}
			d := Data[float64]{X: randomMatrix(rng, 40, layeredPixels, 1), Targets: randomMatrix(rng, 40, 3, 1)}
			tr, err := NewTrainer(m, d, SquaredError{}, Outer[float64]{GeneratorRate: 1e-6, HeadRate: 1e-6})
			if err != nil {
				t.Fatal(err)
			}
			s, err := NewSolver(m.Generator, m.Inner, Compute[float64]{})
			if err != nil {
				t.Fatal(err)
			}
			z, lambda := NewMatrix[float64](40, layeredLatents), NewMatrix[float64](40, layeredLatents)
			var grad Generator[float64] = newGradientOf(g.g)
			var failed error
			step := func() {
				_, err := tr.Step(context.Background())
				failed = errors.Join(failed, err, s.Invert(z, d.X), s.Backpropagate(&Gradients[float64]{Generator: grad, Start: lambda}, lambda, z, d.X))
			}
			step()
			if got := testing.AllocsPerRun(10, step); got != 0 {
				t.Errorf("%v allocations, want 0", got)
			}
			if failed != nil {
				t.Error(failed)
			}
		})
	}
}

// TestLayersRefuse lists what is refused, and what is said about it.
func TestLayersRefuse(t *testing.T) {
	rng := rand.New(rand.NewPCG(52, 53))
	sigmoid := &Activated[float64]{Linear: *randomLinear(rng, 5, 2, true), Activation: kernels.Sigmoid}
	mlp := randomMLP(rng, kernels.Tanh, 2, 3, 5)
	unknown := randomMLP(rng, 99, 2, 3, 5)
	infinite := randomMLP(rng, kernels.Tanh, 2, 3, 5)
	infinite.Layers[1].W.Data[4] = math.Inf(1)
	for _, c := range []struct {
		name string
		g    Generator[float64]
		in   Inner
		want string
	}{
		{"automatic step, activated", sigmoid, Inner{Steps: 1, AutoStep: true}, "automatic step sizes need"},
		{"automatic step, perceptron", mlp, Inner{Steps: 1, AutoStep: true}, "automatic step sizes need"},
		{"gram form", sigmoid, Inner{Steps: 1, LearningRate: 1, Form: GramForm}, "gram form applies to linear"},
		{"closed form", mlp, Inner{Steps: 1, LearningRate: 1, Form: ClosedForm}, "closed form applies to linear"},
		{"closed differentiation", sigmoid, Inner{Steps: 1, LearningRate: 1, Differentiation: Closed{}}, "closed differentiation applies to linear"},
		{"unknown activation", unknown, Inner{Steps: 1, LearningRate: 1}, "Activation(99): want"},
		{"infinite weight", infinite, Inner{Steps: 1, LearningRate: 1}, "W2: row 1, column 1 is +Inf"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := NewSolver(c.g, c.in, Compute[float64]{})
			if err == nil {
				err = s.Invert(NewMatrix[float64](1, 2), NewMatrix[float64](1, 5))
			}
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error with %q", err, c.want)
			}
		})
	}
}

// TestNewMLP checks names, shapes and the size of the weights.
func TestNewMLP(t *testing.T) {
	for act, gain := range map[kernels.Activation]float64{kernels.Tanh: 1, kernels.ReLU: 2} {
		g := NewMLP[float64]([]int{300, 200, 100}, act, rand.New(rand.NewPCG(54, 55)))
		var got []string
		for _, p := range g.Parameters() {
			got = append(got, fmt.Sprint(p.Name, p.Shape))
		}
		if want := "W1[200 300] b1[200] W2[100 200] b2[100]"; strings.Join(got, " ") != want {
			t.Errorf("parameters %v, want %v", got, want)
		}
		for l, want := range []float64{1. / 300, gain / 200} {
			w := g.Layers[l].W.Data
			if variance := dot(w, w) / float64(len(w)); math.Abs(variance/want-1) > 0.05 {
				t.Errorf("%v, layer %d: variance %.3g, want about %.3g", act, l+1, variance, want)
			}
		}
	}
}

// TestMLPRefusesShapes lists misuse that panics.
func TestMLPRefusesShapes(t *testing.T) {
	rng := rand.New(rand.NewPCG(56, 57))
	for _, c := range []struct {
		want string
		use  func()
	}{
		{"at least those of the latent and the observation", func() { NewMLP[float32]([]int{3}, kernels.Tanh, rng) }},
		{"want them positive", func() { NewMLP[float32]([]int{3, 0, 4}, kernels.Tanh, rng) }},
		{"without layers", func() { describeAny(&MLP[float64]{}) }},
		{"layer 1 of the perceptron is nil", func() { describeAny(&MLP[float64]{Layers: make([]*Linear[float64], 1)}) }},
		{"layer 2 of the perceptron reads 4 elements, the one before it gives 3", func() {
			describeAny(&MLP[float64]{Layers: []*Linear[float64]{NewLinear[float64](3, 2, true), NewLinear[float64](5, 4, true)}})
		}},
		{"latents is 2×5", func() {
			randomMLP(rng, kernels.Tanh, 2, 3, 5).Generate(NewMatrix[float64](2, 5), NewMatrix[float64](2, 5))
		}},
	} {
		t.Run(c.want, func(t *testing.T) {
			defer func() {
				if got := fmt.Sprint(recover()); !strings.Contains(got, c.want) {
					t.Errorf("panic %q, want one with %q", got, c.want)
				}
			}()
			c.use()
		})
	}
}

func describeAny(g Generator[float64]) { describe(&engine.Generator[float64]{}, g) }

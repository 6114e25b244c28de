package inverse

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/inversenet/inversenet/kernels"
)

// firstOrder is x = σ(W·z + b), with the sigmoid, as a user would write it who
// only wants to invert.
type firstOrder struct {
	w Matrix[float64]
	b []float64
}

func (g *firstOrder) Pixels() int  { return g.w.Rows }
func (g *firstOrder) Latents() int { return g.w.Cols }

func (g *firstOrder) Parameters() []Parameter[float64] {
	return []Parameter[float64]{
		{Name: "w", Shape: []int{g.w.Rows, g.w.Cols}, Values: g.w.Data},
		{Name: "b", Shape: []int{len(g.b)}, Values: g.b},
	}
}

func (g *firstOrder) Generate(dst, z Matrix[float64]) { GenerateRows(g, dst, z) }

func (g *firstOrder) pixel(j int, z []float64) float64 {
	return 1 / (1 + math.Exp(-dot(g.w.Row(j), z)-g.b[j]))
}

func (g *firstOrder) Forward(x, z []float64) {
	for j := range x {
		x[j] = g.pixel(j, z)
	}
}

func (g *firstOrder) Gradient(dz, z, r []float64) {
	clear(dz)
	for j := range r {
		y := g.pixel(j, z)
		for k, w := range g.w.Row(j) {
			dz[k] += w * y * (1 - y) * r[j]
		}
	}
}

// secondOrder can be trained too.
type secondOrder struct{ firstOrder }

// Differentiate: h = Σ_j r_j·σ'(a_j)·m_j with m_j = W_j·v, so that ∂h/∂a_j =
// m_j·(σ'² + r_j·σ”) and, for W_jk, r_j·σ'·v_k besides.
func (g *secondOrder) Differentiate(dz []float64, dparams [][]float64, z, r, v []float64) {
	clear(dz)
	for j := range r {
		row, y := g.w.Row(j), g.pixel(j, z)
		slope := y * (1 - y)
		da := dot(row, v) * (slope*slope + r[j]*slope*(1-2*y))
		for k, w := range row {
			dz[k] += da * w
		}
		if dparams == nil {
			continue
		}
		for k := range row {
			dparams[0][j*len(row)+k] += da*z[k] + r[j]*slope*v[k]
		}
		dparams[1][j] += da
	}
}

func newSecondOrder(g *Activated[float64]) *secondOrder {
	return &secondOrder{firstOrder{w: g.Linear.W, b: g.Linear.Bias}}
}

// TestCustomAgreesWithActivated runs every inner method on the user's sigmoid and
// on the library's, forward and back, and compares with finite differences.
func TestCustomAgreesWithActivated(t *testing.T) {
	onEveryISA(t, func(t *testing.T, c Compute[float64]) {
		const pixels, latents, samples = 9, 4, 5
		for name, in := range innerCases(latents) {
			t.Run(name, func(t *testing.T) {
				rng := rand.New(rand.NewPCG(71, 72))
				ours := &Activated[float64]{Linear: *randomLinear(rng, pixels, latents, true), Activation: kernels.Sigmoid}
				theirs := newSecondOrder(ours)
				x, z0 := randomMatrix(rng, samples, pixels, 1), randomMatrix(rng, samples, latents, 1)
				lambda := randomMatrix(rng, samples, latents, 1)
				in := in.scaledBy(ours.Linear.LambdaMax()/16, pixels, samples)
				for _, in.Differentiation = range []Differentiation{nil, Truncated{3}, OneStep{}} {
					got := backpropagated(t, theirs, in, c, lambda, z0, x)
					compareGradients(t, "custom", got, backpropagated(t, ours, in, c, lambda, z0, x), 1e-12)
					if in.Differentiation == nil {
						checkAgainstDifferences(t, theirs, in, c, lambda, z0, x, got)
					}
				}
				z := [2]Matrix[float64]{z0.clone(), z0.clone()}
				for i, g := range []Generator[float64]{ours, theirs} {
					s, err := NewSolver(g, in, c)
					if err != nil {
						t.Fatal(err)
					}
					if err := s.Invert(z[i], x); err != nil {
						t.Fatal(err)
					}
				}
				for i, v := range z[1].Data {
					if diff := math.Abs(v - z[0].Data[i]); !(diff <= 1e-13) {
						t.Fatalf("element %d: %v, want %v: apart by %.2g", i, v, z[0].Data[i], diff)
					}
				}
			})
		}
	})
}

// TestCustomIsInvertedAndTrained: what it lacks is said when it is needed, and
// training moves its parameters without allocating.
func TestCustomIsInvertedAndTrained(t *testing.T) {
	rng := rand.New(rand.NewPCG(73, 74))
	g := newSecondOrder(&Activated[float64]{Linear: *randomLinear(rng, 9, 4, true)})
	m := &Model[float64]{Generator: &g.firstOrder, Inner: Inner{Steps: 5, LearningRate: 0.1}}
	d := Data[float64]{X: NewMatrix[float64](40, 9), Targets: randomMatrix(rng, 40, 4, 0.3)}
	m.Generator.Generate(d.X, d.Targets)

	if _, err := m.Invert(d.X, Matrix[float64]{}, Compute[float64]{}); err != nil {
		t.Fatalf("inversion by first derivatives: %v", err)
	}
	_, err := NewTrainer(m, d, SquaredError{}, Outer[float64]{})
	if want := "need its method Differentiate"; err == nil || !strings.Contains(err.Error(), want) {
		t.Fatalf("training by first derivatives: got %v, want an error with %q", err, want)
	}
	m.Inner.AutoStep = true
	_, err = NewSolver[float64](g, m.Inner, Compute[float64]{})
	if want := "knows its LambdaMax"; err == nil || !strings.Contains(err.Error(), want) {
		t.Fatalf("automatic step: got %v, want an error with %q", err, want)
	}

	m.Generator, m.Inner.AutoStep = g, false
	tr, err := NewTrainer(m, d, SquaredError{}, Outer[float64]{GeneratorRate: 0.01})
	if err != nil {
		t.Fatal(err)
	}
	first, err := tr.Step(context.Background())
	var failed error
	last := first
	var listed []Parameter[float64]
	asked := Generator[float64](g)
	own := testing.AllocsPerRun(30, func() { listed = asked.Parameters() }) // which every step asks for
	if n := testing.AllocsPerRun(30, func() { last, err = tr.Step(context.Background()); failed = errors.Join(failed, err) }); n != own {
		t.Errorf("a step: %v allocations, want the %v of the generator's Parameters", n, own)
	}
	if failed != nil || len(listed) == 0 || !(last < first) {
		t.Errorf("loss %v after %v, error %v", last, first, failed)
	}
}

// TestGenerateRowsRefusesShapes: before anything is written.
func TestGenerateRowsRefusesShapes(t *testing.T) {
	g := newSecondOrder(&Activated[float64]{Linear: *NewLinear[float64](3, 2, true)})
	for _, shapes := range [][4]int{{2, 3, 2, 3}, {2, 2, 2, 2}, {1, 3, 2, 2}} {
		dst, z := NewMatrix[float64](shapes[0], shapes[1]), NewMatrix[float64](shapes[2], shapes[3])
		t.Run(fmt.Sprint(shapes), func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			g.Generate(dst, z)
		})
	}
}

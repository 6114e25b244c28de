package inverse_test

import (
	"fmt"
	"math"

	"github.com/inversenet/inversenet/inverse"
)

// decay is the model x_j = a·exp(−d·t_j) of a measurement at the times t, with the
// latents z = (a, d).
type decay struct{ times []float64 }

func (g *decay) Pixels() int                              { return len(g.times) }
func (g *decay) Latents() int                             { return 2 }
func (g *decay) Parameters() []inverse.Parameter[float64] { return nil }
func (g *decay) Generate(dst, z inverse.Matrix[float64])  { inverse.GenerateRows(g, dst, z) }

func (g *decay) Forward(x, z []float64) {
	for j, t := range g.times {
		x[j] = z[0] * math.Exp(-z[1]*t)
	}
}

// Gradient: ∂x_j/∂a = e, ∂x_j/∂d = −t·a·e with e = exp(−d·t).
func (g *decay) Gradient(dz, z, r []float64) {
	dz[0], dz[1] = 0, 0
	for j, t := range g.times {
		e := math.Exp(-z[1] * t)
		dz[0] += e * r[j]
		dz[1] -= t * z[0] * e * r[j]
	}
}

// Fitting a physical model: its formula and its derivative are a [Physics], what is
// not known are latents, and every curve is a sample. The answers are known, because
// the curves are made from them. Example_physics trains the model's parameters
// besides.
func ExamplePhysics() {
	g := &decay{times: []float64{0, 0.5, 1, 1.5, 2, 3}}
	known := inverse.FromFloat64[float64](2, 2, []float64{
		2, 0.5,
		1.5, 1,
	})
	curves := inverse.NewMatrix[float64](2, 6)
	g.Generate(curves, known)

	solver, err := inverse.NewSolver(g, inverse.Inner{
		Steps: 2000, LearningRate: 0.02, Momentum: inverse.Momentum{Method: inverse.Nesterov, Mu: 0.9},
	}, inverse.Compute[float64]{})
	if err != nil {
		panic(err)
	}
	z := inverse.FromFloat64[float64](2, 2, []float64{1, 0.2, 1, 0.2})
	if err := solver.Invert(z, curves); err != nil {
		panic(err)
	}
	fmt.Printf("%.4f %.4f\n", z.Row(0), z.Row(1))
	// Output:
	// [2.0000 0.5000] [1.5000 1.0000]
}

package inverse_test

import (
	"fmt"
	"math"

	"github.com/inversenet/inversenet/inverse"
)

// How many inner steps find the latent y of x = θ₁·y + θ₀ to 1e-6, from an error
// of 1? The step size is held at the article's α = 0.05 with the plain square
// (s = 0.1); μ is the best of 0.5, 0.501, … 0.999 for each slope and method.
//
// Were α free too, plain descent could take s = 1/θ₁² and be there in one step,
// but that presumes the answer: one α has to serve every slope that training
// passes, and α = 0.05 already diverges beyond θ₁ = 4.47.
func ExampleMomentum() {
	fmt.Println("  θ₁   plain   heavy ball      Nesterov")
	for _, theta := range []float64{0.05, 0.1, 0.2, 0.5} {
		plain, _ := stepsToSettle(theta, inverse.Momentum{}, 60_000)
		ball, ballMu := bestMu(theta, inverse.HeavyBall)
		nesterov, nesterovMu := bestMu(theta, inverse.Nesterov)
		fmt.Printf("%.2f  %6d  %4d μ=%.3f  %4d μ=%.3f\n", theta, plain, ball, ballMu, nesterov, nesterovMu)
	}
	// Output:
	//   θ₁   plain   heavy ball      Nesterov
	// 0.05   55256   919 μ=0.971   943 μ=0.971
	// 0.10   13809   431 μ=0.939   425 μ=0.940
	// 0.20    3447   210 μ=0.880   218 μ=0.891
	// 0.50     546    77 μ=0.715    78 μ=0.733
}

// stepsToSettle is the number of steps, at most limit, after which the error is
// below 1e-6 and stays there.
func stepsToSettle(theta float64, m inverse.Momentum, limit int) (int, bool) {
	g := &inverse.Linear[float64]{W: inverse.FromFloat64[float64](1, 1, []float64{theta}), Bias: []float64{1}}
	inner := inverse.Inner{Steps: limit, LearningRate: 0.05, Momentum: m}
	solver, err := inverse.NewSolver(g, inner, inverse.Compute[float64]{Threads: 1})
	if err != nil {
		panic(err)
	}
	x := inverse.FromFloat64[float64](1, 1, []float64{theta + 1}) // the latent is 1
	z := inverse.NewMatrix[float64](1, 1)
	if err := solver.Invert(z, x); err != nil || math.Abs(z.Data[0]-1) > 1e-6 {
		return limit, false
	}
	z.Data[0] = 0
	trace, err := solver.Trace(z, x)
	if err != nil {
		panic(err)
	}
	n := limit
	for n > 0 && math.Abs(trace.Path[n-1].Data[0]-1) <= 1e-6 {
		n--
	}
	return n, true
}

// bestMu searches from above, where fewer and fewer steps are needed at first.
func bestMu(theta float64, method inverse.Method) (best int, mu float64) {
	best = 40_000
	for i := 999; i >= 500; i-- {
		m := inverse.Momentum{Method: method, Mu: float64(i) / 1000}
		if n, ok := stepsToSettle(theta, m, best-1); ok {
			best, mu = n, m.Mu
		}
	}
	return best, mu
}

package inverse

import (
	"context"
	"fmt"
	"math"
	"testing"
)

// TestToyWithHeavyBall trains the article's scalar example f(y) = a·y + b with
// the exact gradient of 20 heavy-ball steps, which needs no bound on a: from the
// article's start and from one that plain descent crawls at, it ends in the same
// place, computed apart in NumPy.
func TestToyWithHeavyBall(t *testing.T) {
	const (
		wantA, wantB = 1.99999167301, -3.99998334739
		yOpt         = 1.9998351365905256 // the latent that every inversion starts from
		samples      = 5
		beta         = 0.005 // of the sum over samples; SquaredError is their mean
	)
	for _, a0 := range []float64{3.4014286128198323, 0.05} {
		for _, form := range []Form{DirectForm, GramForm, ClosedForm} {
			t.Run(fmt.Sprintf("a0=%.4g/%v", a0, form), func(t *testing.T) {
				g := NewLinear[float64](1, 1, true)
				g.W.Data[0] = a0
				m := &Model[float64]{Generator: g, Inner: Inner{
					Steps: 20, LearningRate: 0.05, Momentum: Momentum{HeavyBall, 0.3}, Form: form}}
				d := Data[float64]{X: NewMatrix[float64](samples, 1), Start: NewMatrix[float64](samples, 1), Targets: NewMatrix[float64](samples, 1)}
				for i := range samples {
					y := float64(i - 2)
					d.X.Data[i], d.Start.Data[i], d.Targets.Data[i] = 2*y-4, yOpt, y
				}
				if _, err := Fit(context.Background(), m, d, SquaredError{}, Outer[float64]{Steps: 2500, GeneratorRate: samples * beta}); err != nil {
					t.Fatal(err)
				}
				a, b := g.W.Data[0], g.Bias[0]
				if !(math.Abs(a-wantA) <= 1e-9 && math.Abs(b-wantB) <= 1e-9) {
					t.Errorf("a = %.12g, b = %.12g, want %.12g and %.12g", a, b, wantA, wantB)
				}
				const articleA = 1.9999268051752905
				if nearer := (2 - articleA) / math.Abs(2-a); !(nearer > 8.5) {
					t.Errorf("a is %.3g times nearer to 2 than the article's", nearer)
				}
			})
		}
	}
}

// stepsTo returns the number of inner steps after which the latent of
// x = theta·1, from 0, is within 1e-6 of 1 and stays there, and whether at most
// limit do it.
func stepsTo(t testing.TB, theta float64, m Momentum, limit int) (int, bool) {
	t.Helper()
	g := &Linear[float64]{W: FromFloat64[float64](1, 1, []float64{theta})}
	s, err := NewSolver(g, Inner{Steps: limit, LearningRate: 0.05, Momentum: m, Form: DirectForm}, Compute[float64]{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	z := NewMatrix[float64](1, 1)
	tr, err := s.Trace(z, FromFloat64[float64](1, 1, []float64{theta}))
	if err != nil {
		t.Fatal(err)
	}
	return settledFrom(tr), math.Abs(z.Data[0]-1) <= 1e-6
}

func settledFrom(tr *Trace[float64]) int {
	n := len(tr.Path) - 1
	for n > 0 && math.Abs(tr.Path[n-1].Data[0]-1) <= 1e-6 {
		n--
	}
	return n
}

// TestMomentumRate: with q = s·θ², plain descent shrinks an error by 1 − q a step
// and both momenta by 1 − √q at critical damping, μ = (1−√q)² for the heavy ball
// and (1−√q)/(1+√q) for Nesterov.
func TestMomentumRate(t *testing.T) {
	for _, theta := range []float64{0.05, 0.1, 0.2, 0.5} {
		q := 2 * 0.05 * theta * theta
		root := math.Sqrt(q)
		plain := math.Ceil(math.Log(1e-6) / math.Log1p(-q))
		if n, ok := stepsTo(t, theta, Momentum{}, int(plain)+1); !ok || float64(n) != plain {
			t.Errorf("θ₁ = %v: plain descent takes %d steps, want %v", theta, n, plain)
		}
		for _, m := range []Momentum{{HeavyBall, (1 - root) * (1 - root)}, {Nesterov, (1 - root) / (1 + root)}} {
			// At a double root r the error is e_n = (1 + c·n)·rⁿ; the first step is
			// plain, e₁ = 1 − q, and gives c.
			r, want := 1-root, 1
			c := (1-q)/r - 1
			for (1+c*float64(want))*math.Pow(r, float64(want)) > 1e-6 {
				want++
			}
			if n, ok := stepsTo(t, theta, m, want+10); !ok || n < want-1 || n > want+1 {
				t.Errorf("θ₁ = %v: %v with μ = %.6f takes %d steps, want %d", theta, m.Method, m.Mu, n, want)
			}
		}
	}
}

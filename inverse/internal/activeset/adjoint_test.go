package activeset

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/inversenet/inversenet/internal/testkit"
	"github.com/inversenet/inversenet/kernels"
)

// TestAdjoint differentiates L = ⟨v, z⟩ in W, x, λ, ridge and the bounds, and
// compares with finite differences of problems whose support is stable.
func TestAdjoint(t *testing.T) {
	for _, c := range []struct {
		name          string
		ridge, lambda float64
		lower, upper  float64
	}{
		{"free", 0.1, 0, math.Inf(-1), math.Inf(1)},
		{"non-negative", 0, 0, 0, math.Inf(1)},
		{"lasso", 0, 0.3, math.Inf(-1), math.Inf(1)},
		{"elastic net", 0.2, 0.3, math.Inf(-1), math.Inf(1)},
		{"box", 0, 0, -0.2, 0.3},
		{"box and lasso", 0.1, 0.2, -0.2, 0.3},
		{"box without 0", 0, 0.2, 0.1, 0.5},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(3, 4))
			p := &small{J: 9, K: 7, W: make([]float64, 63), x: make([]float64, 9)}
			p.terms = Terms{Lambda: repeat(p.K, c.lambda), Lower: repeat(p.K, c.lower), Upper: repeat(p.K, c.upper), Ridge: c.ridge}
			for i := range p.W {
				p.W[i] = r.NormFloat64() * math.Exp2(float64(i%p.K-3)/2)
			}
			for i := range p.x {
				p.x[i] = 2 * r.NormFloat64()
			}
			v := make([]float64, p.K)
			for i := range v {
				v[i] = r.NormFloat64()
			}
			p.checkAdjoint(t, v)
		})
	}
}

func (p *small) checkAdjoint(t *testing.T, v []float64) {
	t.Helper()
	k, s := kernels.Default[float64](), &Solver{}
	z, _, status := p.solve(k, s)
	if status != Optimal {
		t.Fatal(status)
	}
	support := s.Support(nil)
	u, w := make([]float64, p.K), make([]float64, p.K)
	if err := s.Adjoint(u, w, v); err != nil {
		t.Fatal(err)
	}
	other := &Solver{}
	loss := func(at *float64) func(float64) float64 {
		return func(value float64) float64 {
			was := *at
			*at = value
			z, _, _ := p.solve(k, other)
			*at = was
			if !slices.Equal(other.Support(nil), support) {
				t.Fatalf("the support %v changes to %v", support, other.Support(nil))
			}
			return dot(v, z)
		}
	}
	check := func(name string, at *float64, got float64) {
		t.Helper()
		if want := testkit.CentralDifference(loss(at), *at, 1e-4); math.Abs(got-want) > 1e-7*(1+math.Abs(want)) {
			t.Errorf("∂%s = %.12g, want %.12g", name, got, want)
		}
	}
	e, wu := p.residual(z), make([]float64, p.J)
	for j := range p.J {
		wu[j] = dot(p.W[j*p.K:][:p.K], u)
		check(fmt.Sprintf("x[%d]", j), &p.x[j], wu[j])
	}
	for i := range p.W {
		j, k := i/p.K, i%p.K
		check(fmt.Sprintf("W[%d,%d]", j, k), &p.W[i], e[j]*u[k]-wu[j]*z[k])
	}
	if p.terms.Ridge > 0 {
		check("ridge", &p.terms.Ridge, -dot(u, z))
	}
	for k, lo := range p.terms.Lower {
		if p.terms.Lambda[k] > 0 {
			check(fmt.Sprintf("λ[%d]", k), &p.terms.Lambda[k], -math.Copysign(1, z[k])*u[k])
		}
		if z[k] == lo {
			check(fmt.Sprintf("lower[%d]", k), &p.terms.Lower[k], w[k])
		} else if z[k] == p.terms.Upper[k] {
			check(fmt.Sprintf("upper[%d]", k), &p.terms.Upper[k], w[k])
		} else if w[k] != 0 {
			t.Errorf("w[%d] = %g, and no bound holds the latent", k, w[k])
		}
	}
}

// TestNotUnique: where a minimiser is not the only one, its derivative is refused.
func TestNotUnique(t *testing.T) {
	inf := math.Inf(1)
	for _, c := range []struct {
		name  string
		p     small
		error bool
	}{
		{"more latents than pixels", small{J: 1, K: 2, W: []float64{1, 2}, x: []float64{1}}, true},
		{"ridge makes it unique", small{J: 1, K: 2, W: []float64{1, 2}, x: []float64{1}, terms: Terms{Ridge: 0.1}}, false},
		{"a column twice", small{J: 2, K: 2, W: []float64{1, 1, 2, 2}, x: []float64{1, 1}, terms: Terms{Lower: repeat(2, 0)}}, true},
		{"a column twice, and neither in use", small{J: 2, K: 2, W: []float64{1, 1, 2, 2}, x: []float64{-1, -1}, terms: Terms{Lower: repeat(2, 0)}}, false},
		{"alike to 1e-7", small{J: 2, K: 2, W: []float64{1, 1, 2, 2.0000001}, x: []float64{1, 1}}, true},
		{"alike to 1e-3", small{J: 2, K: 2, W: []float64{1, 1, 2, 2.001}, x: []float64{1, 1}}, false},
		{"x is 0", small{J: 2, K: 2, W: []float64{1, 1, 2, 3}, x: []float64{0, 0}, terms: Terms{Lower: repeat(2, 0)}}, false},
	} {
		if c.p.terms.Lower != nil {
			c.p.terms.Upper = repeat(c.p.K, inf)
		}
		s := &Solver{}
		c.p.solve(kernels.Default[float64](), s)
		u := []float64{7, 7}
		err := s.Adjoint(u, nil, []float64{1, 1})
		var notUnique *NotUniqueError
		if errors.As(err, &notUnique) != c.error {
			t.Errorf("%s: %v", c.name, err)
		}
		if err != nil && !slices.Equal(u, []float64{7, 7}) {
			t.Errorf("%s: refused, and u = %v", c.name, u)
		}
	}
}

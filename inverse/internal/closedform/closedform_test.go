package closedform

import (
	"fmt"
	"math"
	"math/rand/v2"
	"sync/atomic"
	"testing"

	"github.com/inversenet/inversenet/internal/testkit"
	"github.com/inversenet/inversenet/inverse/internal/dense"
	"github.com/inversenet/inversenet/kernels"
)

func gram(pool *dense.Pool, rng *rand.Rand, k int) *dense.Matrix {
	w, a := pool.New(2*k, k), pool.New(k, k)
	for i := range 2 * k {
		for j := range k {
			w.Set(i, j, rng.NormFloat64()/math.Sqrt(float64(4*k)))
		}
	}
	pool.Mul(a, w, true, w, nil)
	return a
}

func recurrences() map[string]Recurrence {
	varying := Recurrence{Steps: 9, Sizes: make([]float64, 9), Mu: make([]float64, 9), Ahead: true}
	for i := range varying.Sizes {
		varying.Sizes[i] = 0.1 + 0.03*float64(i)
		varying.Mu[i] = float64(i) / float64(i+3)
	}
	stepped := Recurrence{Steps: 6, Sizes: make([]float64, 6)}
	for i := range stepped.Sizes {
		stepped.Sizes[i] = 0.1 + 0.05*float64(i)
	}
	m := map[string]Recurrence{"varying": varying, "stepped": stepped}
	for _, n := range []int{1, 2, 3, 7, 8, 250} {
		m[fmt.Sprintf("plain/%d", n)] = Recurrence{Steps: n, Sizes: []float64{0.3}}
		m[fmt.Sprintf("heavy ball/%d", n)] = Recurrence{Steps: n, Sizes: []float64{0.3}, Mu: []float64{0.5}}
		m[fmt.Sprintf("nesterov/%d", n)] = Recurrence{Steps: n, Sizes: []float64{0.3}, Mu: []float64{0.5}, Ahead: true}
	}
	return m
}

// TestForward compares with the steps taken one after the other.
func TestForward(t *testing.T) {
	pool := dense.NewPool(kernels.Default[float64](), 1)
	for name, rec := range recurrences() {
		t.Run(name, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(1, 2))
			const k = 5
			a := gram(pool, rng, k)
			m := NewMap(pool, k, rec)
			m.Forward(a, new(atomic.Bool))
			z0, c := pool.New(k, 1), pool.New(k, 1)
			for i := range k {
				z0.Set(i, 0, rng.NormFloat64())
				c.Set(i, 0, rng.NormFloat64())
			}
			got := pool.New(k, 1)
			pool.Mul(got, m.P, false, z0, nil)
			pool.Mul(got, m.Q, false, c, got)
			want := steps(a, z0, c, rec)
			for i := range k {
				if diff := math.Abs(got.At(i, 0) - want[i]); !(diff <= 1e-13) {
					t.Errorf("latent %d: %v, want %v: apart by %.2g", i, got.At(i, 0), want[i], diff)
				}
			}
		})
	}
}

func steps(a, z0, c *dense.Matrix, rec Recurrence) []float64 {
	k := a.Rows
	z, last := make([]float64, k), make([]float64, k)
	for i := range k {
		z[i], last[i] = z0.At(i, 0), z0.At(i, 0)
	}
	for n := range rec.Steps {
		s, mu := rec.size(n), 0.0
		if n > 0 {
			mu = rec.mu(n)
		}
		y, next := make([]float64, k), make([]float64, k)
		for i := range k {
			y[i] = z[i] + mu*(z[i]-last[i])
		}
		at := z
		if rec.Ahead {
			at = y
		}
		for i := range k {
			g := -c.At(i, 0)
			for j := range k {
				g += a.At(i, j) * at[j]
			}
			next[i] = y[i] - s*g
		}
		z, last = next, z
	}
	return z
}

// TestBackward compares ∂A and ∂s with finite differences.
func TestBackward(t *testing.T) {
	pool := dense.NewPool(kernels.Default[float64](), 1)
	for name, rec := range recurrences() {
		t.Run(name, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(3, 4))
			const k = 4
			a := gram(pool, rng, k)
			dp, dq := gram(pool, rng, k), gram(pool, rng, k)
			m := NewMap(pool, k, rec)
			loss := func() float64 {
				m.Forward(a, new(atomic.Bool))
				return dense.Trace(dp, m.P) + dense.Trace(dq, m.Q)
			}
			loss()
			da, ds := pool.New(k, k), make([]float64, len(rec.Sizes))
			m.Backward(da, ds, dp, dq)
			for i := range k {
				for j := range i + 1 {
					was := a.At(i, j)
					want := testkit.CentralDifference(func(x float64) float64 {
						a.Set(i, j, x)
						a.Set(j, i, x)
						return loss()
					}, was, 1e-3)
					a.Set(i, j, was)
					a.Set(j, i, was)
					got := da.At(i, j)
					if i != j {
						got += da.At(j, i)
					}
					if diff := math.Abs(got - want); !(diff <= 1e-8*math.Max(1, math.Abs(want))) {
						t.Errorf("∂A(%d, %d) = %v, finite difference %v", i, j, got, want)
					}
				}
			}
			checkSizes(t, rec, ds, loss)
		})
	}
}

func checkSizes(t *testing.T, rec Recurrence, ds []float64, loss func() float64) {
	t.Helper()
	for n, was := range rec.Sizes {
		want := testkit.CentralDifference(func(x float64) float64 { rec.Sizes[n] = x; return loss() }, was, 1e-3)
		rec.Sizes[n] = was
		if diff := math.Abs(ds[n] - want); !(diff <= 1e-8*math.Max(1, math.Abs(want))) {
			t.Errorf("∂s_%d = %v, finite difference %v", n, ds[n], want)
		}
	}
}

func BenchmarkMap(b *testing.B) {
	pool := dense.NewPool(kernels.Default[float64](), 1)
	for _, k := range []int{10, 32, 256} {
		b.Run(fmt.Sprintf("K%dN250", k), func(b *testing.B) {
			a := gram(pool, rand.New(rand.NewPCG(1, 1)), k)
			rec := recurrences()["plain/250"]
			m := NewMap(pool, k, rec)
			da, ds := pool.New(k, k), make([]float64, 1)
			b.ReportAllocs()
			for b.Loop() {
				m.Forward(a, new(atomic.Bool))
				m.Backward(da, ds, m.P, m.Q)
			}
		})
	}
}

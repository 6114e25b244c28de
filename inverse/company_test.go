package inverse

import (
	"testing"
)

// TestStopsInAnyCompany: what a goroutine did before does not tell when a sample
// stops. One that starts at its minimum stops after its first step, also behind a
// panel whose samples moved, with momentum whose gradient is taken elsewhere.
func TestStopsInAnyCompany(t *testing.T) {
	onEveryISA(t, func(t *testing.T, c Compute[float64]) {
		const latents = 130 // every step is looked at
		width := c.table().Width()
		g := NewLinear[float64](latents, latents, false)
		for k := range latents {
			g.W.Data[k*latents+k] = 1 / float64(k+1)
		}
		c.Threads = 1
		for _, method := range []Method{Plain, HeavyBall, Nesterov} {
			s, err := NewSolver(g, Inner{Steps: 20, LearningRate: 0.2, Momentum: Momentum{method, 0.5 * min(1, float64(method))}, Tolerance: 1e-9}, c)
			if err != nil {
				t.Fatal(err)
			}
			x := NewMatrix[float64](width+1, latents)
			for i := range width * latents {
				x.Data[i] = 1
			}
			z, stats := NewMatrix[float64](width+1, latents), &Stats{}
			if err := s.InvertContext(t.Context(), z, x, stats); err != nil {
				t.Fatal(err)
			}
			if stats.Iterations[width] != 1 || stats.Status[width] != Converged {
				t.Errorf("%v: %d steps, %v in company, want 1 and converged as alone", method, stats.Iterations[width], stats.Status[width])
			}
		}
	})
}

package engine

import (
	"math"

	"github.com/inversenet/inversenet/internal/portable"
	"github.com/inversenet/inversenet/kernels"
)

// certify evaluates the optimality residual of step n's size at z,
//
//	ρ = (z − prox(z − s·(∇f(z) + ridge·z)))/s,
//
// for each sample of the panel: norm, unless nil, is set to ‖ρ‖, and worst, unless
// nil, to the largest |ρ_k|/‖W_k‖. The gradient is the field's, what follows is
// float64.
func (w *walker[T]) certify(z []T, n int, norm, worst []float64) {
	w.field.slope(w.at, z)
	width, s, ridge := w.table.Width(), w.sizes.at(n), w.settings.Ridge
	lo, hi := w.bounds(n)
	for i := range w.panel.samples {
		var sum, most float64
		for k := range w.latents {
			v := float64(z[k*width+i])
			r := (v - kernels.ApplyProx(w.settings.Prox.Shape, v-float64(s*(float64(w.at[k*width+i])+float64(ridge*v))), float64(lo[k]), float64(hi[k]))) / s
			sum = portable.Hypot(sum, r)
			if worst != nil {
				most = max(most, math.Abs(r)/w.rule.atoms[k])
			}
		}
		if norm != nil {
			norm[i] = sum
		}
		if worst != nil {
			worst[i] = most
		}
	}
}

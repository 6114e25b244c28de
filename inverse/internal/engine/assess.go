package engine

import (
	"math"

	"github.com/inversenet/inversenet/inverse/internal/activeset"
)

// assess tells how sample i of the panel that went forward last ended: how far its
// latents, as they were rounded, are from the minimum.
func (w *exactWorker[T]) assess(o *Outcome, p *panel[T], i int) {
	end, width := w.ends[i], w.table.Width()
	answer, c := w.rows(i)
	o.Iterations = end.pivots
	switch {
	case end.halted:
		o.Status = Stopped
	case o.Status != Diverged && end.status == activeset.Optimal:
		o.Status = Converged
	}
	for k := range w.at {
		w.at[k] = float64(w.z[k*width+i])
	}
	if !Finite(w.at) || !Finite(c) {
		o.Optimality = math.NaN()
		return
	}
	w.slope(w.at, c)
	o.Optimality = w.residual()
	if end.halted {
		return
	}
	// f at the rounded latents exceeds that at the answer by ⟨d, mean slope⟩, to the
	// last term since f is quadratic but for the penalty.
	var excess float64
	for k, v := range answer {
		d := w.at[k] - v
		excess += float64(d*w.image[k]/2) + float64(w.settings.Sparse*(math.Abs(w.at[k])-math.Abs(v)))
	}
	w.slope(answer, c)
	for k, v := range answer {
		excess += float64((w.at[k] - v) * w.image[k] / 2)
	}
	cert := w.problem.Certify(answer, w.image[:len(answer)], c, w.norm2(p, i))
	o.Gap = max(0, cert.Gap+excess)
}

// slope sets image to A·z − c.
func (w *exactWorker[T]) slope(z, c []float64) {
	clear(w.image)
	rows := w.stride / w.wide.Width()
	for k, v := range z {
		if v != 0 {
			w.wide.AddScaled(w.image, v, w.a[k*w.stride:(k+1)*w.stride], rows, 2)
		}
	}
	for k, v := range c {
		w.image[k] -= v
	}
}

// residual is the norm of (z − prox(z − s·slope))/s at the latents to assess.
func (w *exactWorker[T]) residual() (norm float64) {
	s := w.size
	for k, z := range w.at {
		v := z - float64(s*w.image[k])
		v = math.Copysign(max(0, math.Abs(v)-float64(s*w.settings.Sparse)), v)
		if w.terms.Lower != nil {
			v = min(max(v, w.terms.Lower[k]), w.terms.Upper[k])
		}
		norm = math.Hypot(norm, (z-v)/s)
	}
	return norm
}

// norm2 is ‖x − b‖² of sample i.
func (w *exactWorker[T]) norm2(p *panel[T], i int) (sum float64) {
	width := w.table.Width()
	for j := range w.gram.pixels {
		v := float64(p.negX[j*width+i])
		if w.gram.layer.Bias != nil {
			v += float64(w.gram.layer.Bias[j])
		}
		sum += float64(v * v)
	}
	return sum
}

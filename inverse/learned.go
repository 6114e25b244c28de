package inverse

import "fmt"

// learned says which parameters of the inner loop training moves.
type learned struct{ steps, thresholds bool }

// validate returns an error when what should be learned is not there.
func (l learned) validate(in Inner) error {
	if l.steps {
		if in.AutoStep {
			return fmt.Errorf("automatic step sizes cannot be learned: set StepSizes")
		}
		if len(in.StepSizes) != in.Steps {
			return fmt.Errorf("learned step sizes: %d starting values for %d steps", len(in.StepSizes), in.Steps)
		}
	}
	if l.thresholds && in.Prox.Kind != Soft && in.Prox.Kind != NonNegativeSoft {
		return fmt.Errorf("learned thresholds need a soft prox, not %v", in.Prox.Kind)
	}
	switch in.Differentiation.(type) {
	case Implicit, Forward:
		if l.steps || l.thresholds {
			return fmt.Errorf("%v differentiation has no gradient for step sizes and thresholds", in.Differentiation)
		}
	}
	return nil
}

// learnStep adds the derivatives in log s_n and in the thresholds:
//
//	∂L/∂log s_n = ⟨Λ̃, z⁺ + t·sign(z⁺) − base⟩        −∂L/∂t = ⟨Λ̃, sign(z⁺)⟩
func (w *unrolledWorker[T]) learnStep(n int, lambda, base, partial []T) {
	t, b, p := w.table, w.back, w.panel
	at := w.fieldLen()
	if w.learn.steps {
		copy(b.moved, w.z(n+1))
		t.AddScaled(b.moved, -1, base, w.latents, p.vecs)
		if w.shift != nil {
			w.addShift(n)
		}
		clear(b.perSample)
		t.DotRows(b.perSample, lambda, b.moved, w.latents, p.vecs)
		for _, v := range b.perSample[:p.samples] {
			partial[at+n] += v
		}
		at += w.inner.Steps
	}
	if !w.learn.thresholds {
		return
	}
	signed := lambda
	if w.inner.Prox.Kind == Soft {
		signed = b.moved
		for i, z := range w.z(n + 1)[:w.latents*t.Width()] {
			signed[i] = lambda[i] * sign(z)
		}
	}
	t.RowSums(partial[at:], signed, w.latents, p.samples)
}

// addShift: moved += t·sign(z⁺).
func (w *unrolledWorker[T]) addShift(n int) {
	if w.inner.Prox.Kind == NonNegativeSoft { // Λ̃ is zero where z⁺ is
		w.table.AddScaled(w.back.moved, 1, w.shift, w.latents, w.panel.vecs)
		return
	}
	z := w.z(n + 1)
	for i, t := range w.shift {
		w.back.moved[i] += t * sign(z[i])
	}
}

func sign[T Float](v T) T {
	switch {
	case v > 0:
		return 1
	case v < 0:
		return -1
	default:
		return 0
	}
}

package engine

import "github.com/inversenet/inversenet/kernels"

// points returns the panels that step n starts from, less the ridge's part, and
// takes its gradient at.
func (w *walker[T]) points(n int) (base, at []T) {
	mu, ridge := w.settings.Method.mu(n), w.settings.Ridge
	base, at = w.z(n), w.z(n)
	if mu == 0 && ridge == 0 {
		return base, at
	}
	t, p, ahead := w.table, w.panel, w.settings.Method.Ahead
	if mu != 0 {
		t.Extrapolate(w.y, w.z(n), w.z(n-1), T(mu), w.latents, p.vecs)
		base = w.y
		if ahead {
			at = w.y
		}
	}
	if ridge == 0 {
		return base, at
	}
	switch {
	case mu == 0:
		copy(w.y, w.z(n))
		base = w.y
	case ahead:
		copy(w.at, w.y)
		at = w.at
	}
	t.AddScaled(base, T(-w.sizes.at(n)*ridge), at, w.latents, p.vecs)
	return base, at
}

// sendBack adds what momentum passes around step n. With Λ̃ in current and next as
// the field left it,
//
//	heavy ball:  ∂Z_n = (1+μ)·Λ̃ − q      ∂Z_{n−1} = −μ·Λ̃
//	ahead:       ∂Z_n = (1+μ)·(Λ̃ − q)    ∂Z_{n−1} = −μ·(Λ̃ − q)
func (w *walker[T]) sendBack(n int, current, next []T) {
	if w.settings.Method.plain() {
		return
	}
	t, b, vecs := w.table, w.back, w.panel.vecs
	source := current
	if w.settings.Method.Ahead {
		source = next
	}
	t.Gate(source, b.sent, nil, w.latents, vecs, T(-w.settings.Method.mu(n)), kernels.ProxNone, nil, nil)
	if w.stops != nil {
		w.stops.hold(w, n, func(i int) { b.sent[i] = 0 })
	}
	t.AddScaled(next, -1, b.sent, w.latents, vecs)
	t.AddScaled(next, 1, b.pending, w.latents, vecs)
	b.sent, b.pending = b.pending, b.sent
}

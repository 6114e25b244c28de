package engine

// parts are a partial gradient cut: the field's, and those of the inner loop that
// are wanted, nil where they are not.
type parts[T Float] struct {
	field, steps, thresholds, ridge, sparse []T
}

// stepParts is how many derivatives in log s there are.
func (w *walk[T]) stepParts() int {
	if len(w.settings.Rates) > 1 {
		return w.settings.Steps
	}
	return 1
}

// partialLen: the field's, then those in log s, in the thresholds, negated, in the
// ridge and in the sparse weight.
func (w *walk[T]) partialLen() int {
	n := w.field.partialLen()
	for _, part := range []struct {
		wanted bool
		length int
	}{{w.want.Steps, w.stepParts()}, {w.want.Thresholds, w.latents}, {w.want.Ridge, 1}, {w.want.Sparse, 1}} {
		if part.wanted {
			n += part.length
		}
	}
	return n
}

func (w *walk[T]) parts(partial []T) (p parts[T]) {
	cut := func(wanted bool, n int) []T {
		if !wanted {
			return nil
		}
		part := partial[:n:n]
		partial = partial[n:]
		return part
	}
	p.field = cut(true, w.field.partialLen())
	p.steps = cut(w.want.Steps, w.stepParts())
	p.thresholds = cut(w.want.Thresholds, w.latents)
	p.ridge = cut(w.want.Ridge, 1)
	p.sparse = cut(w.want.Sparse, 1)
	return p
}

func (w *walk[T]) gradient(g *Gradients[T], partial []T) {
	p := w.parts(partial)
	w.field.gradient(g.Generator, p.field)
	for i, v := range p.steps {
		g.LogSteps[i] = float64(v)
	}
	for i, v := range p.thresholds {
		g.Thresholds[i] = -float64(v)
	}
	if p.ridge != nil {
		g.Ridge = -float64(p.ridge[0])
	}
	if p.sparse != nil {
		g.Sparse = -float64(p.sparse[0])
	}
}

// addInner adds the derivatives in what the inner loop has of its own. With Λ̃ in
// lambda and Λ̂ = s·Λ̃,
//
//	∂L/∂log s = ⟨Λ̃, z⁺ + t·sign(z⁺) − y⟩    −∂L/∂t = ⟨Λ̃, sign(z⁺)⟩
//	−∂L/∂ridge = ⟨Λ̂, at⟩                    −∂L/∂sparse = ⟨Λ̂, sign(z⁺)⟩
//
// where base = y − s·ridge·at.
func (w *walker[T]) addInner(n int, lambda, base, at []T, p parts[T]) {
	t, b, vecs := w.table, w.back, w.panel.vecs
	if p.steps != nil {
		copy(b.moved, w.z(n+1))
		t.AddScaled(b.moved, -1, base, w.latents, vecs)
		if ridge := w.settings.Ridge; ridge != 0 {
			t.AddScaled(b.moved, T(-w.sizes.at(n)*ridge), at, w.latents, vecs)
		}
		if w.shift != nil {
			w.addShift(n)
		}
		i := n % len(p.steps)
		p.steps[i] += w.dot(lambda, b.moved)
	}
	if p.ridge != nil {
		p.ridge[0] += w.dot(b.scaled, at)
	}
	if p.sparse == nil && p.thresholds == nil {
		return
	}
	if p.sparse != nil {
		p.sparse[0] += w.dot(b.scaled, w.signs(n))
	}
	if p.thresholds != nil {
		signed := lambda
		if !w.settings.Prox.OneSided { // there Λ̃ is zero where z⁺ is, and z⁺ not negative
			t.Multiply(b.moved, lambda, w.signs(n), w.latents, vecs)
			signed = b.moved
		}
		t.RowSums(p.thresholds, signed, w.latents, w.panel.samples)
	}
}

// dot is the sum over samples of the inner products of two latent panels.
func (w *walker[T]) dot(a, b []T) (sum T) {
	dots := w.back.perSample
	clear(dots)
	w.table.DotRows(dots, a, b, w.latents, w.panel.vecs)
	for _, v := range dots[:w.panel.samples] {
		sum += v
	}
	return sum
}

// signs leaves sign(z_{n+1}) in moved.
func (w *walker[T]) signs(n int) []T {
	moved := w.back.moved
	for i, z := range w.z(n + 1)[:w.latents*w.table.Width()] {
		moved[i] = sign(z)
	}
	return moved
}

// addShift: moved += t·sign(z⁺).
func (w *walker[T]) addShift(n int) {
	if w.settings.Prox.OneSided { // Λ̃ is zero where z⁺ is
		w.table.AddScaled(w.back.moved, 1, w.shift, w.latents, w.panel.vecs)
		return
	}
	z := w.z(n + 1)
	for i, t := range w.shift {
		w.back.moved[i] += T(t * sign(z[i]))
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

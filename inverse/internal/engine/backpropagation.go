package engine

// Backpropagate takes λ = ∂L/∂z_N back through the steps from z on x. It sets what
// grads holds, and, where their Data are not nil, gradX to ∂L/∂X and start, which
// may be lambda, to ∂L/∂z₀.
func (v *Inversion[T]) Backpropagate(g *Generator[T], r float64, grads *Gradients[T], lambda, z, x, gradX, start Batch[T]) error {
	if err := v.Load(g, r); err != nil {
		return err
	}
	v.call = call[T]{generator: g, z: z, x: x, lambda: lambda, gradX: gradX, start: start}
	v.shards = newShards(panelCount(x.Rows, v.table.Width()))
	n := v.run.partialLen()
	v.partials = resize(v.partials, max(1, v.shards.count*n)) // not nil, also for no parameters
	clear(v.partials)
	v.prepare(v.adjoint, v.shards.count)
	for _, l := range v.lanes { // a call that ended in a panic leaves one behind
		l.err = nil
	}
	v.reduce.team.Grow(len(v.lanes))
	v.adjoint.Do(v.shards.count, v.cost.of(x.Rows, true))
	v.call = call[T]{}
	if err := v.firstError(); err != nil {
		return err
	}
	v.reduce.sum(v.partials, n, v.shards.count)
	v.run.gradient(grads, v.partials[:n])
	return nil
}

// firstError is that of the first sample that has one, whoever worked on it.
func (v *Inversion[T]) firstError() (err error) {
	first := 0
	for _, l := range v.lanes {
		if m, ok := l.err.(*MinimumError); ok && (err == nil || m.Sample < first) {
			err, first = m, m.Sample
		}
	}
	return err
}

func (v *Inversion[T]) adjointShard(worker, shard int) {
	l := v.lanes[worker]
	if l.keep == nil {
		l.keep = v.newWorker(true)
		l.lambda = make([]T, v.table.PaddedRows(v.shape.Latents)*v.table.Width())
	}
	n := v.run.partialLen()
	partial := v.partials[shard*n : (shard+1)*n]
	for i := range v.shards.panels(shard) {
		if !v.adjointPanel(l, i, partial) {
			return
		}
	}
}

// adjointPanel reports whether panel i has a gradient.
func (v *Inversion[T]) adjointPanel(l *lane[T], i int, partial []T) bool {
	t, c, latents := v.table, &v.call, v.shape.Latents
	v.fill(l, i)
	p := &l.panel
	p.gradX = nil
	if c.gradX.Data != nil {
		l.gradX = resize(l.gradX, t.PaddedRows(v.shape.Pixels)*t.Width())
		clear(l.gradX)
		p.gradX = l.gradX
	}
	t.Pack(l.lambda, c.lambda.from(p.first), p.samples, latents, c.lambda.Stride)
	l.keep.forward(p)
	start, err := l.keep.backward(p, l.lambda, partial)
	if err != nil {
		if l.err == nil {
			l.err = err
		}
		return false
	}
	if c.start.Data != nil {
		t.Unpack(c.start.from(p.first), start, p.samples, latents, c.start.Stride)
	}
	if p.gradX != nil {
		t.Unpack(c.gradX.from(p.first), p.gradX, p.samples, v.shape.Pixels, c.gradX.Stride)
	}
	return true
}

package engine

import "github.com/inversenet/inversenet/kernels"

// direct is the field of a generator made of layers as it is written. Forward, and
// back to the gradient:
//
//	y_0 = z    a_l = W_l·y_{l−1} + b_l    y_l = σ_l(a_l)    R = y_L − X
//	δ_L = R ⊙ σ_L'(a_L)    δ_l = σ'(a_l) ⊙ W_{l+1}ᵀ·δ_{l+1}    ∇f = W_1ᵀ·δ_1
//
// The adjoint is the derivative of all of that in the direction ẏ_0 = V, with
// dots for derivatives:
//
//	ȧ_l = W_l·ẏ_{l−1}    ẏ_l = σ'(a_l) ⊙ ȧ_l
//	δ̇_L = ȧ_L ⊙ H    H = σ_L'(a_L)² + R ⊙ σ_L''(a_L)
//	δ̇_l = σ'(a_l) ⊙ W_{l+1}ᵀ·δ̇_{l+1} + (W_{l+1}ᵀ·δ_{l+1}) ⊙ σ''(a_l) ⊙ ȧ_l
//	∇²f·V = W_1ᵀ·δ̇_1    ∂W_l −= δ_l·ẏ_{l−1}ᵀ + δ̇_l·y_{l−1}ᵀ    ∂b_l −= δ̇_l·1    ∂X += ẏ_L
//
// because ⟨V, ∇f⟩ is the derivative of f in that direction, and ∂f/∂W_l =
// δ_l·y_{l−1}ᵀ (Pearlmutter, 1994). With one layer and no activation, δ_1 = R is
// the residual and δ̇_1 = W·V: two products a step.
type direct[T Float] struct{ *layers[T] }

func newDirect[T Float](t *kernels.Table[T], g *Generator[T]) *direct[T] {
	return &direct[T]{newLayers(t, g)}
}

func (f *direct[T]) gradient(grads [][]T, partial []T) { f.layers.gradient(grads, partial, -1) }

// linearised is what one step's gradient leaves for its adjoint.
type linearised[T Float] struct {
	pass[T]
	h []T // H, nil where it is all ones
}

func (f *direct[T]) newLinearised() linearised[T] {
	l := linearised[T]{pass: f.newPass()}
	if f.output != kernels.Identity {
		l.h = make([]T, f.size(f.last()))
	}
	return l
}

// elements is how many numbers a linearised step holds.
func (f *direct[T]) elements() (n int) {
	for l := range f.linear {
		n += f.size(l)
		if l < f.last() {
			n += 2 * f.size(l)
		}
	}
	if f.output != kernels.Identity {
		n += f.size(f.last())
	}
	return n
}

// directWorker holds the panels of one goroutine.
type directWorker[T Float] struct {
	*direct[T]
	panel   *panel[T]
	steps   []linearised[T] // of each step, or one that serves all
	target  target[T]
	a       []T // a_L, where an activation follows
	scratch []T
	spare   *linearised[T] // for what is not remembered

	rate, moved  [][]T // ȧ_l and ẏ_l of the hidden layers
	bent         [][]T // δ̇_l
	deltaT, benT []T   // δ_l and δ̇_l, sample-major
}

func (f *direct[T]) newWorker(steps int) fieldWorker[T] {
	w := &directWorker[T]{direct: f, target: newTarget(f.table, f.rows(f.last()))}
	for range remembered[T](steps, f.elements()) {
		w.steps = append(w.steps, f.newLinearised())
	}
	if f.output != kernels.Identity {
		w.a = make([]T, f.size(f.last()))
	}
	for l := range f.linear {
		w.bent = append(w.bent, make([]T, f.size(l)))
		if l < f.last() {
			w.rate, w.moved = append(w.rate, make([]T, f.size(l))), append(w.moved, make([]T, f.size(l)))
		}
	}
	p := panels[T](3, f.largest())
	w.scratch, w.deltaT, w.benT = p[0], p[1], p[2]
	return w
}

func (w *directWorker[T]) at(n int) *linearised[T] { return &w.steps[n%len(w.steps)] }

func (w *directWorker[T]) begin(p *panel[T]) {
	w.panel = p
	if w.output == kernels.Identity {
		w.target.begin(p, w.linear[w.last()].Bias)
	}
}

func (w *directWorker[T]) step(n int, out, at []T, e *kernels.Epilogue[T]) {
	s := w.at(n)
	h := s.h
	if len(w.steps) == 1 {
		h = nil
	}
	w.linearise(n, s, at, h)
	w.table.Product(out, w.wt[0], s.delta[0], w.panel.vecs, nil, *e)
}

// linearise goes forward from z and back to δ_1, and sets h unless that is nil.
func (w *directWorker[T]) linearise(n int, s *linearised[T], z, h []T) {
	t, p, last := w.table, w.panel, w.last()
	if w.output != kernels.Identity {
		in := w.ascend(&s.pass, z, w.scratch, p.vecs)
		t.Product(w.a, w.w[last], in, p.vecs, w.bias[last], kernels.Epilogue[T]{})
		t.Activate(w.output, s.delta[last], h, w.a, p.negX, w.rows(last), p.vecs)
	} else if last == 0 && n == 0 && p.fromZero {
		copy(s.delta[0], w.target.panel[:w.rows(0)*t.Width()]) // W·0 needs no product
	} else {
		in := w.ascend(&s.pass, z, w.scratch, p.vecs)
		t.Product(s.delta[last], w.w[last], in, p.vecs, w.target.panel, kernels.Epilogue[T]{})
	}
	w.descend(&s.pass, p.vecs)
}

func (w *directWorker[T]) slope(out, at []T) {
	if w.spare == nil {
		spare := w.newLinearised()
		w.spare = &spare
	}
	w.linearise(1, w.spare, at, nil)
	w.table.Product(out, w.wt[0], w.spare.delta[0], w.panel.vecs, nil, kernels.Epilogue[T]{})
}

func (w *directWorker[T]) adjoint(n int, out, base, at, v, partial []T) {
	s := w.at(n)
	if len(w.steps) == 1 && (partial != nil || w.last() > 0 || s.h != nil) {
		w.linearise(n, s, at, s.h)
	}
	// Back at latents that start at zero, δ̇_1·zᵀ is zero and nobody asks for ∂Z₀.
	first := n == 0 && w.panel.fromZero && partial != nil
	if !first || w.last() > 0 || w.linear[0].Bias != nil || w.panel.gradX != nil {
		w.bend(s, at, v, partial != nil)
	}
	if !first {
		w.table.Product(out, w.wt[0], w.bent[0], w.panel.vecs, nil, kernels.Epilogue[T]{Base: base, Scale: -1})
	}
	if partial == nil {
		return
	}
	for l := range w.linear {
		moved := v
		if l > 0 {
			moved = w.moved[l-1]
		}
		w.accumulate(l, s.delta[l], s.input(l, at), moved, partial, first && l == 0)
	}
}

// bend computes all ȧ_l, ẏ_l and δ̇_l in the direction v, and adds what that gives ∂X
// where derivatives are meant.
func (w *directWorker[T]) bend(s *linearised[T], at, v []T, derivatives bool) {
	t, vecs, last := w.table, w.panel.vecs, w.last()
	in := v
	for l := range last {
		t.Product(w.rate[l], w.w[l], in, vecs, nil, kernels.Epilogue[T]{})
		t.Multiply(w.moved[l], s.slope[l], w.rate[l], w.rows(l), vecs)
		in = w.moved[l]
	}
	t.Product(w.bent[last], w.w[last], in, vecs, nil, kernels.Epilogue[T]{})
	if derivatives && w.panel.gradX != nil {
		w.addGradX(s, at)
	}
	if s.h != nil {
		t.Multiply(w.bent[last], w.bent[last], s.h, w.rows(last), vecs)
	}
	for l := last - 1; l >= 0; l-- {
		t.Product(w.bent[l], w.wt[l+1], w.bent[l+1], vecs, nil, kernels.Epilogue[T]{})
		t.Multiply(w.bent[l], w.bent[l], s.slope[l], w.rows(l), vecs)
		w.addCurvature(w.bent[l], s.delta[l], w.rate[l], s.y[l], s.slope[l], w.scratch, w.rows(l), vecs)
	}
}

// addGradX adds ẏ_L = σ_L'(a_L) ⊙ ȧ_L, where ȧ_L stands in bent.
func (w *directWorker[T]) addGradX(s *linearised[T], at []T) {
	t, p, last := w.table, w.panel, w.last()
	rows, moved := w.rows(last), w.bent[last]
	if w.output != kernels.Identity {
		t.Product(w.a, w.w[last], s.input(last, at), p.vecs, w.bias[last], kernels.Epilogue[T]{})
		w.activate(w.output, w.a, w.deltaT, w.scratch, rows, p.vecs)
		t.Multiply(w.benT, w.deltaT, moved, rows, p.vecs)
		moved = w.benT
	}
	t.AddScaled(p.gradX, 1, moved, rows, p.vecs)
}

// accumulate adds layer l's δ·ẏᵀ + δ̇·yᵀ and δ̇·1 to the partial gradient; with y
// known to be zero δ·ẏᵀ alone.
func (w *directWorker[T]) accumulate(l int, delta, y, moved, partial []T, zero bool) {
	t, p := w.table, w.panel
	inputs, outputs := w.linear[l].Cols, w.rows(l)
	dw, db := w.part(partial, l)
	t.SampleMajor(w.deltaT, delta, outputs, p.vecs)
	t.Outer(dw, moved, inputs, w.deltaT, outputs, p.samples)
	if !zero {
		t.SampleMajor(w.benT, w.bent[l], outputs, p.vecs)
		t.Outer(dw, y, inputs, w.benT, outputs, p.samples)
	}
	if w.linear[l].Bias != nil {
		t.RowSums(db, w.bent[l], outputs, p.samples)
	}
}

func (w *directWorker[T]) finish([]T) {}

func (w *directWorker[T]) extent(dst []float64) {
	t, p, last := w.table, w.panel, w.last()
	if last == 0 && w.output == kernels.Identity {
		w.target.extent(dst)
		return
	}
	zero := make([]T, t.PaddedRows(w.linear[0].Cols)*t.Width())
	in := w.ascend(&w.steps[0].pass, zero, w.scratch, p.vecs)
	out, init := w.steps[0].delta[last], w.target.panel
	if w.output != kernels.Identity {
		out, init = w.a, w.bias[last]
	}
	t.Product(out, w.w[last], in, p.vecs, init, kernels.Epilogue[T]{})
	if w.output != kernels.Identity {
		t.Apply(w.output, out, out, w.rows(last), p.vecs)
		t.AddScaled(out, 1, p.negX, w.rows(last), p.vecs)
	}
	laneNorms(t, dst, out, w.rows(last))
}

package inverse

import "github.com/inversenet/inversenet/kernels"

// layerField is the field of a generator made of layers. Forward, and back to the
// gradient:
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
//	∇²f·V = W_1ᵀ·δ̇_1    ∂W_l −= δ_l·ẏ_{l−1}ᵀ + δ̇_l·y_{l−1}ᵀ    ∂b_l −= δ̇_l·1
//
// because ⟨V, ∇f⟩ is the derivative of f in that direction, and ∂f/∂W_l =
// δ_l·y_{l−1}ᵀ (Pearlmutter, 1994). With one layer δ_1 = D and δ̇_1 = V ⊙ H.
type layerField[T Float] struct{ *layers[T] }

func newLayerField[T Float](t *kernels.Table[T], g layered[T]) (field[T], error) {
	n := g.layers(t)
	return &layerField[T]{n}, n.checkActivations()
}

func (f *layerField[T]) gradient(grads [][]T, partial []T) { f.layers.gradient(grads, partial, -1) }

// linearised is what one step's gradient leaves for its adjoint.
type linearised[T Float] struct {
	pass[T]
	h []T // H, nil where it is all ones
}

func (f *layerField[T]) newLinearised() linearised[T] {
	l := linearised[T]{pass: f.newPass()}
	if f.output != kernels.Identity {
		l.h = make([]T, f.size(f.last()))
	}
	return l
}

// elements is how many numbers a linearised step holds.
func (f *layerField[T]) elements() (n int) {
	for l := range f.linear {
		n += 3 * f.size(l)
	}
	return n
}

// layerFieldWorker holds the panels of one goroutine.
type layerFieldWorker[T Float] struct {
	*layerField[T]
	panel   *panel[T]
	steps   []linearised[T] // of each step, or one that serves all
	target  target[T]
	a       []T // a_L
	scratch []T

	rate, moved  [][]T // ȧ_l and ẏ_l of the hidden layers
	bent         [][]T // δ̇_l
	deltaT, benT []T   // δ_l and δ̇_l, sample-major
}

func (f *layerField[T]) newWorker(keep bool, steps int) fieldWorker[T] {
	remembered := 1
	if bytes := steps * f.elements() * sizeof[T](); keep && bytes <= keepResiduals {
		remembered = steps
	}
	w := &layerFieldWorker[T]{layerField: f, target: newTarget(f.table, f.linear[f.last()]), scratch: make([]T, f.largest())}
	for range remembered {
		w.steps = append(w.steps, f.newLinearised())
	}
	w.a = make([]T, f.size(f.last()))
	for l := range f.linear {
		w.bent = append(w.bent, make([]T, f.size(l)))
		if l < f.last() {
			w.rate, w.moved = append(w.rate, make([]T, f.size(l))), append(w.moved, make([]T, f.size(l)))
		}
	}
	sampleMajor := panels[T](2, f.largest())
	w.deltaT, w.benT = sampleMajor[0], sampleMajor[1]
	return w
}

func (w *layerFieldWorker[T]) at(n int) *linearised[T] { return &w.steps[n%len(w.steps)] }

func (w *layerFieldWorker[T]) begin(p *panel[T]) {
	w.panel = p
	if w.output == kernels.Identity {
		w.target.begin(p)
	}
}

func (w *layerFieldWorker[T]) step(n int, out, at []T, e *kernels.Epilogue[T]) {
	s := w.at(n)
	h := s.h
	if len(w.steps) == 1 {
		h = nil
	}
	w.linearise(s, at, h)
	w.table.Product(out, w.wt[0], s.delta[0], w.panel.vecs, nil, *e)
}

// linearise goes forward from z and back to δ_1, and sets h unless that is nil.
func (w *layerFieldWorker[T]) linearise(s *linearised[T], z, h []T) {
	t, p, last := w.table, w.panel, w.last()
	in := w.ascend(&s.pass, z, w.scratch, p.vecs)
	if w.output == kernels.Identity {
		t.Product(s.delta[last], w.w[last], in, p.vecs, w.target.panel, kernels.Epilogue[T]{})
	} else {
		t.Product(w.a, w.w[last], in, p.vecs, w.bias[last], kernels.Epilogue[T]{})
		t.Activate(w.output, s.delta[last], h, w.a, p.negX, w.rows(last), p.vecs)
	}
	w.descend(&s.pass, p.vecs)
}

func (w *layerFieldWorker[T]) adjoint(n int, out, base, at, v, partial []T) {
	s := w.at(n)
	if len(w.steps) == 1 {
		w.linearise(s, at, s.h)
	}
	w.bend(s, v)
	w.table.Product(out, w.wt[0], w.bent[0], w.panel.vecs, nil, kernels.Epilogue[T]{Base: base, Scale: -1})
	if partial == nil {
		return
	}
	for l := range w.linear {
		moved := v
		if l > 0 {
			moved = w.moved[l-1]
		}
		w.accumulate(l, s.delta[l], s.input(l, at), moved, partial)
	}
}

// bend computes all ȧ_l, ẏ_l and δ̇_l in the direction v.
func (w *layerFieldWorker[T]) bend(s *linearised[T], v []T) {
	t, vecs, last := w.table, w.panel.vecs, w.last()
	in := v
	for l := range last {
		t.Product(w.rate[l], w.w[l], in, vecs, nil, kernels.Epilogue[T]{})
		t.Multiply(w.moved[l], s.slope[l], w.rate[l], w.rows(l), vecs)
		in = w.moved[l]
	}
	t.Product(w.bent[last], w.w[last], in, vecs, nil, kernels.Epilogue[T]{})
	if s.h != nil {
		t.Multiply(w.bent[last], w.bent[last], s.h, w.rows(last), vecs)
	}
	for l := last - 1; l >= 0; l-- {
		t.Product(w.bent[l], w.wt[l+1], w.bent[l+1], vecs, nil, kernels.Epilogue[T]{})
		t.Multiply(w.bent[l], w.bent[l], s.slope[l], w.rows(l), vecs)
		w.addCurvature(w.bent[l], s.delta[l], w.rate[l], s.y[l], s.slope[l], w.scratch, w.rows(l), vecs)
	}
}

// accumulate adds layer l's δ·ẏᵀ + δ̇·yᵀ and δ̇·1 to the partial gradient.
func (w *layerFieldWorker[T]) accumulate(l int, delta, y, moved, partial []T) {
	t, p := w.table, w.panel
	inputs, outputs := w.linear[l].Latents(), w.rows(l)
	dw, db := w.part(partial, l)
	t.SampleMajor(w.deltaT, delta, outputs, p.vecs)
	t.SampleMajor(w.benT, w.bent[l], outputs, p.vecs)
	t.Outer(dw, moved, inputs, w.deltaT, outputs, p.samples)
	t.Outer(dw, y, inputs, w.benT, outputs, p.samples)
	if w.linear[l].Bias != nil {
		t.RowSums(db, w.bent[l], outputs, p.samples)
	}
}

func (w *layerFieldWorker[T]) finish([]T) {}

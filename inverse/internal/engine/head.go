package engine

import "github.com/inversenet/inversenet/kernels"

// A head reads latents on panels: o = F(z). It is read-only while workers use
// it.
type head[T Float] interface {
	outputs() int
	// load takes over the head's parameters.
	load(f *Generator[T])
	newWorker() headWorker[T]
	// partialLen is the length of a shard's partial gradient.
	partialLen() int
	// gradient writes the derivatives in the head's parameters, in their order.
	gradient(grads [][]T, partial []T)
}

// A headWorker runs a head on one panel at a time.
type headWorker[T Float] interface {
	// forward returns the panel of outputs, valid until the next call.
	forward(p *panel[T], z []T) []T
	// outGrad is the panel to put ∂L/∂o in, whole vectors of rows.
	outGrad() []T
	// backward adds to the partial gradient and returns the panel ∂L/∂z.
	backward(p *panel[T], z, partial []T) []T
}

// newHead returns the head for a map; nil is the identity.
func newHead[T Float](t *kernels.Table[T], f *Generator[T], latents int) head[T] {
	if f == nil {
		return &identityHead[T]{table: t, latents: latents}
	}
	return &layerHead[T]{newLayers(t, f)}
}

// identityHead: o = z.
type identityHead[T Float] struct {
	table   *kernels.Table[T]
	latents int
}

func (h *identityHead[T]) outputs() int        { return h.latents }
func (h *identityHead[T]) load(*Generator[T])  {}
func (h *identityHead[T]) partialLen() int     { return 0 }
func (h *identityHead[T]) gradient([][]T, []T) {}
func (h *identityHead[T]) newWorker() headWorker[T] {
	return &identityHeadWorker[T]{grad: make([]T, h.table.PaddedRows(h.latents)*h.table.Width())}
}

type identityHeadWorker[T Float] struct{ grad []T }

func (w *identityHeadWorker[T]) forward(_ *panel[T], z []T) []T   { return z }
func (w *identityHeadWorker[T]) outGrad() []T                     { return w.grad }
func (w *identityHeadWorker[T]) backward(*panel[T], []T, []T) []T { return w.grad }

// layerHead is a head made of layers: o = y_L with y_0 = z, and back, from δ_L =
// ∂L/∂o ⊙ σ_L'(a_L),
//
//	δ_l = σ'(a_l) ⊙ W_{l+1}ᵀ·δ_{l+1}    ∂W_l = δ_l·y_{l−1}ᵀ    ∂b_l = δ_l·1    ∂z = W_1ᵀ·δ_1
type layerHead[T Float] struct{ *layers[T] }

func (h *layerHead[T]) load(f *Generator[T]) { h.layers.load(f, false) }

func (h *layerHead[T]) outputs() int { return h.rows(h.last()) }

func (h *layerHead[T]) gradient(grads [][]T, partial []T) { h.layers.gradient(grads, partial, 1) }

// layerHeadWorker holds one goroutine's panels.
type layerHeadWorker[T Float] struct {
	*layerHead[T]
	pass    pass[T]
	out     []T // o
	slope   []T // σ_L'(a_L), nil for the identity
	scratch []T
	deltaT  []T // δ_l, sample-major
	lambda  []T // ∂L/∂z
}

func (h *layerHead[T]) newWorker() headWorker[T] {
	t := h.table
	w := &layerHeadWorker[T]{
		layerHead: h, pass: h.newPass(), out: make([]T, h.size(h.last())),
		lambda: make([]T, t.PaddedRows(h.linear[0].Cols)*t.Width()),
	}
	if h.output != kernels.Identity {
		w.slope = make([]T, h.size(h.last()))
	}
	p := panels[T](2, h.largest())
	w.scratch, w.deltaT = p[0], p[1]
	return w
}

func (w *layerHeadWorker[T]) forward(p *panel[T], z []T) []T {
	last := w.last()
	in := w.ascend(&w.pass, z, w.scratch, p.vecs)
	w.table.Product(w.out, w.w[last], in, p.vecs, w.bias[last], kernels.Epilogue[T]{})
	if w.slope != nil {
		w.activate(w.output, w.out, w.slope, w.scratch, w.rows(last), p.vecs)
	}
	return w.out
}

// outGrad is where δ_L comes to stand.
func (w *layerHeadWorker[T]) outGrad() []T { return w.pass.delta[w.last()] }

func (w *layerHeadWorker[T]) backward(p *panel[T], z, partial []T) []T {
	t := w.table
	if w.slope != nil {
		grad := w.outGrad()
		t.Multiply(grad, grad, w.slope, w.outputs(), p.vecs)
	}
	w.descend(&w.pass, p.vecs)
	for l, layer := range w.linear {
		dw, db := w.part(partial, l)
		t.SampleMajor(w.deltaT, w.pass.delta[l], w.rows(l), p.vecs)
		t.Outer(dw, w.pass.input(l, z), layer.Cols, w.deltaT, w.rows(l), p.samples)
		if layer.Bias != nil {
			t.RowSums(db, w.pass.delta[l], w.rows(l), p.samples)
		}
	}
	t.Product(w.lambda, w.wt[0], w.pass.delta[0], p.vecs, nil, kernels.Epilogue[T]{})
	return w.lambda
}

package inverse

import "github.com/inversenet/inversenet/kernels"

// layerHead is a head made of layers: o = y_L with y_0 = z, and back, from δ_L =
// ∂L/∂o ⊙ σ_L'(a_L),
//
//	δ_l = σ'(a_l) ⊙ W_{l+1}ᵀ·δ_{l+1}    ∂W_l = δ_l·y_{l−1}ᵀ    ∂b_l = δ_l·1    ∂z = W_1ᵀ·δ_1
type layerHead[T Float] struct{ *layers[T] }

func newLayerHead[T Float](t *kernels.Table[T], f layered[T]) (head[T], error) {
	n := f.layers(t)
	return &layerHead[T]{n}, n.checkActivations()
}

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
		lambda: make([]T, t.PaddedRows(h.linear[0].Latents())*t.Width()),
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
	for l, g := range w.linear {
		dw, db := w.part(partial, l)
		t.SampleMajor(w.deltaT, w.pass.delta[l], w.rows(l), p.vecs)
		t.Outer(dw, w.pass.input(l, z), g.Latents(), w.deltaT, w.rows(l), p.samples)
		if g.Bias != nil {
			t.RowSums(db, w.pass.delta[l], w.rows(l), p.samples)
		}
	}
	t.Product(w.lambda, w.wt[0], w.pass.delta[0], p.vecs, nil, kernels.Epilogue[T]{})
	return w.lambda
}

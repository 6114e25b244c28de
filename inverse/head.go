package inverse

import "github.com/inversenet/inversenet/kernels"

// headMap is the head F on panels: the identity, or o = V·z + c.
type headMap[T Float] struct {
	table  *kernels.Table[T]
	linear *Linear[T] // nil for the identity
	inputs int
	v, vt  *kernels.Weights[T]
	bias   []T // panel of c, every lane alike
}

func newHeadMap[T Float](t *kernels.Table[T], linear *Linear[T], latents int) *headMap[T] {
	h := &headMap[T]{table: t, linear: linear, inputs: latents}
	if linear == nil {
		return h
	}
	h.v, h.vt = t.NewWeights(linear.Pixels(), latents), t.NewWeights(latents, linear.Pixels())
	if linear.Bias != nil {
		h.bias = make([]T, linear.Pixels()*t.Width())
	}
	return h
}

func (h *headMap[T]) outputs() int {
	if h.linear == nil {
		return h.inputs
	}
	return h.linear.Pixels()
}

// load takes over the head's parameters.
func (h *headMap[T]) load() {
	if h.linear == nil {
		return
	}
	h.v.Pack(h.linear.W.Data, h.linear.W.Stride)
	h.vt.PackTransposed(h.linear.W.Data, h.linear.W.Stride)
	for i := range h.bias {
		h.bias[i] = h.linear.Bias[i/h.table.Width()]
	}
}

// partialLen: ∂Vᵀ, latents × padded outputs, then ∂c.
func (h *headMap[T]) partialLen() int {
	if h.linear == nil {
		return 0
	}
	return h.inputs*h.table.PaddedRows(h.outputs()) + len(h.linear.Bias)
}

func (h *headMap[T]) gradient(grad *Linear[T], partial []T) {
	if h.linear == nil {
		return
	}
	stride := h.table.PaddedRows(h.outputs())
	for i := range h.outputs() {
		row := grad.W.Row(i)
		for k := range row {
			row[k] = partial[k*stride+i]
		}
	}
	copy(grad.Bias, partial[h.inputs*stride:])
}

// headWorker holds one goroutine's panels of a head.
type headWorker[T Float] struct {
	*headMap[T]
	out    []T // o
	grad   []T // ∂L/∂o, whole vectors of rows
	gradT  []T // the same, sample-major
	lambda []T // ∂L/∂z
}

func (h *headMap[T]) newWorker() *headWorker[T] {
	t := h.table
	padded := t.PaddedRows(h.outputs()) * t.Width()
	return &headWorker[T]{
		headMap: h,
		out:     make([]T, padded),
		grad:    make([]T, padded),
		gradT:   make([]T, padded),
		lambda:  make([]T, h.inputs*t.Width()),
	}
}

// forward: o = V·z + c.
func (w *headWorker[T]) forward(p *panel[T], z []T) []T {
	if w.linear == nil {
		return z
	}
	w.table.Product(w.out, w.v, z, p.vecs, w.bias, kernels.Epilogue[T]{})
	return w.out
}

// backward, with w.grad = ∂L/∂o, adds ∂V += ∂o·zᵀ and ∂c += ∂o·1 to the partial
// and returns ∂L/∂z = Vᵀ·∂o.
func (w *headWorker[T]) backward(p *panel[T], z, partial []T) []T {
	if w.linear == nil {
		return w.grad
	}
	t, outputs := w.table, w.outputs()
	n := w.inputs * t.PaddedRows(outputs)
	t.SampleMajor(w.gradT, w.grad, outputs, p.vecs)
	t.Outer(partial[:n], z, w.inputs, w.gradT, outputs, p.samples)
	if w.linear.Bias != nil {
		t.RowSums(partial[n:], w.grad, outputs, p.samples)
	}
	t.Product(w.lambda, w.vt, w.grad, p.vecs, nil, kernels.Epilogue[T]{})
	return w.lambda
}

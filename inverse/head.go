package inverse

import (
	"fmt"

	"github.com/inversenet/inversenet/kernels"
)

// A head reads latents on panels: o = F(z). It is read-only while workers use
// it.
type head[T Float] interface {
	outputs() int
	// load takes over the head's parameters.
	load()
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
func newHead[T Float](t *kernels.Table[T], f Generator[T], latents int) (head[T], error) {
	switch f := f.(type) {
	case nil:
		return &identityHead[T]{table: t, latents: latents}, nil
	case *Linear[T]:
		return newLinearHead(t, f), nil
	case layered[T]:
		return newLayerHead(t, f)
	default:
		return nil, fmt.Errorf("a head of type %T: want nil for the identity, *Linear, *Activated or *MLP", f)
	}
}

// identityHead: o = z.
type identityHead[T Float] struct {
	table   *kernels.Table[T]
	latents int
}

func (h *identityHead[T]) outputs() int        { return h.latents }
func (h *identityHead[T]) load()               {}
func (h *identityHead[T]) partialLen() int     { return 0 }
func (h *identityHead[T]) gradient([][]T, []T) {}
func (h *identityHead[T]) newWorker() headWorker[T] {
	return &identityHeadWorker[T]{grad: make([]T, h.table.PaddedRows(h.latents)*h.table.Width())}
}

type identityHeadWorker[T Float] struct{ grad []T }

func (w *identityHeadWorker[T]) forward(_ *panel[T], z []T) []T   { return z }
func (w *identityHeadWorker[T]) outGrad() []T                     { return w.grad }
func (w *identityHeadWorker[T]) backward(*panel[T], []T, []T) []T { return w.grad }

// linearHead: o = V·z + c.
type linearHead[T Float] struct {
	table  *kernels.Table[T]
	linear *Linear[T]
	v, vt  *kernels.Weights[T]
	bias   []T // panel of c, every lane alike
}

func newLinearHead[T Float](t *kernels.Table[T], f *Linear[T]) *linearHead[T] {
	h := &linearHead[T]{
		table: t, linear: f,
		v:  t.NewWeights(f.Pixels(), f.Latents()),
		vt: t.NewWeights(f.Latents(), f.Pixels()),
	}
	if f.Bias != nil {
		h.bias = make([]T, f.Pixels()*t.Width())
	}
	return h
}

func (h *linearHead[T]) outputs() int { return h.linear.Pixels() }

func (h *linearHead[T]) load() {
	h.v.Pack(h.linear.W.Data, h.linear.W.Stride)
	h.vt.PackTransposed(h.linear.W.Data, h.linear.W.Stride)
	for i := range h.bias {
		h.bias[i] = h.linear.Bias[i/h.table.Width()]
	}
}

// partialLen: ∂Vᵀ, latents × padded outputs, then ∂c.
func (h *linearHead[T]) partialLen() int {
	return h.linear.Latents()*h.table.PaddedRows(h.outputs()) + len(h.linear.Bias)
}

func (h *linearHead[T]) gradient(grads [][]T, partial []T) {
	latents, stride := h.linear.Latents(), h.table.PaddedRows(h.outputs())
	for i := range h.outputs() {
		row := grads[0][i*latents : (i+1)*latents]
		for k := range row {
			row[k] = partial[k*stride+i]
		}
	}
	if h.bias != nil {
		copy(grads[1], partial[latents*stride:])
	}
}

// linearHeadWorker holds one goroutine's panels.
type linearHeadWorker[T Float] struct {
	*linearHead[T]
	out    []T // o
	grad   []T // ∂L/∂o
	gradT  []T // the same, sample-major
	lambda []T // ∂L/∂z
}

func (h *linearHead[T]) newWorker() headWorker[T] {
	t := h.table
	p := panels[T](3, t.PaddedRows(h.outputs())*t.Width())
	return &linearHeadWorker[T]{
		linearHead: h, out: p[0], grad: p[1], gradT: p[2],
		lambda: make([]T, t.PaddedRows(h.linear.Latents())*t.Width()),
	}
}

func (w *linearHeadWorker[T]) forward(p *panel[T], z []T) []T {
	w.table.Product(w.out, w.v, z, p.vecs, w.bias, kernels.Epilogue[T]{})
	return w.out
}

func (w *linearHeadWorker[T]) outGrad() []T { return w.grad }

// backward: ∂V += ∂o·zᵀ, ∂c += ∂o·1, ∂z = Vᵀ·∂o.
func (w *linearHeadWorker[T]) backward(p *panel[T], z, partial []T) []T {
	t, outputs, latents := w.table, w.outputs(), w.linear.Latents()
	n := latents * t.PaddedRows(outputs)
	t.SampleMajor(w.gradT, w.grad, outputs, p.vecs)
	t.Outer(partial[:n], z, latents, w.gradT, outputs, p.samples)
	if w.bias != nil {
		t.RowSums(partial[n:], w.grad, outputs, p.samples)
	}
	t.Product(w.lambda, w.vt, w.grad, p.vecs, nil, kernels.Epilogue[T]{})
	return w.lambda
}

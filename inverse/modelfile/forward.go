package modelfile

import (
	"github.com/inversenet/inversenet/inverse"
	"github.com/inversenet/inversenet/kernels"
)

// forward computes what a generator or a head gives for rows of latents, a panel
// of samples at a time,
//
//	y_0 = z      y_l = σ_l(W_l·y_{l−1} + b_l)      x = y_L
//
// in memory that it owns, so that calls allocate nothing. Its weights are a copy.
type forward[T inverse.Float] struct {
	table  *kernels.Table[T]
	layers []forwardLayer[T]
	in     []T // a panel of latents
}

type forwardLayer[T inverse.Float] struct {
	weights    *kernels.Weights[T]
	bias       []T // a panel
	activation kernels.Activation
	out        []T // a panel
	rows       int
}

// newForward prepares a part of a model, as [Load] gives it; nil for nil.
func newForward[T inverse.Float](part inverse.Generator[T]) *forward[T] {
	f := &forward[T]{table: kernels.Default[T]()}
	switch g := part.(type) {
	case nil:
		return nil
	case *inverse.Linear[T]:
		f.add(g, kernels.Identity)
	case *inverse.Activated[T]:
		f.add(&g.Linear, g.Activation)
	case *inverse.MLP[T]:
		for l, layer := range g.Layers {
			act := g.Activation
			if l == len(g.Layers)-1 {
				act = g.Output
			}
			f.add(layer, act)
		}
	}
	f.in = make([]T, part.Latents()*f.table.Width())
	return f
}

func (f *forward[T]) add(l *inverse.Linear[T], act kernels.Activation) {
	rows, width := l.Pixels(), f.table.Width()
	w := f.table.NewWeights(rows, l.Latents())
	w.Pack(l.W.Data, l.W.Stride)
	bias := make([]T, rows*width)
	for j, b := range l.Bias {
		for i := range width {
			bias[j*width+i] = b
		}
	}
	f.layers = append(f.layers, forwardLayer[T]{weights: w, bias: bias, activation: act, rows: rows, out: make([]T, rows*width)})
}

// apply sets a row of dst for each row of z.
func (f *forward[T]) apply(dst, z inverse.Matrix[T]) {
	t := f.table
	for first := 0; first < z.Rows; first += t.Width() {
		samples := min(t.Width(), z.Rows-first)
		vecs := t.Vectors(samples)
		t.Pack(f.in, z.Data[first*z.Stride:], samples, z.Cols, z.Stride)
		y := f.in
		for _, l := range f.layers {
			t.Product(l.out, l.weights, y, vecs, l.bias, kernels.Epilogue[T]{})
			if l.activation != kernels.Identity {
				t.Apply(l.activation, l.out, l.out, l.rows, vecs)
			}
			y = l.out
		}
		t.Unpack(dst.Data[first*dst.Stride:], y, samples, dst.Cols, dst.Stride)
	}
}

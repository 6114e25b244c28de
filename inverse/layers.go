package inverse

import (
	"fmt"

	"github.com/inversenet/inversenet/kernels"
)

// layered is a generator or head made of layers.
type layered[T Float] interface {
	Generator[T]
	layers(t *kernels.Table[T]) *layers[T]
}

// layers are affine maps with activations in between on panels,
//
//	a_l = W_l·y_{l−1} + b_l      y_l = σ_l(a_l)
//
// for fields and heads alike. They are counted from 0 here, so that layer l reads
// y[l−1], and layer 0 the input. Read-only while workers use it.
type layers[T Float] struct {
	table          *kernels.Table[T]
	linear         []*Linear[T]
	hidden, output kernels.Activation
	w, wt          []*kernels.Weights[T]
	bias           [][]T // panels of b_l, every lane alike; nil without
	ones           []T   // a panel, as large as the largest
	parts          []int // where each layer's part of a partial gradient begins, and the end
}

func newLayers[T Float](t *kernels.Table[T], linear []*Linear[T], hidden, output kernels.Activation) *layers[T] {
	n := &layers[T]{table: t, linear: linear, hidden: hidden, output: output, bias: make([][]T, len(linear)), parts: []int{0}}
	for l, g := range linear {
		n.w = append(n.w, t.NewWeights(g.Pixels(), g.Latents()))
		n.wt = append(n.wt, t.NewWeights(g.Latents(), g.Pixels()))
		if g.Bias != nil {
			n.bias[l] = make([]T, n.size(l))
		}
		n.parts = append(n.parts, n.parts[l]+g.Latents()*t.PaddedRows(g.Pixels())+len(g.Bias))
	}
	n.ones = make([]T, n.largest())
	for i := range n.ones {
		n.ones[i] = 1
	}
	return n
}

// size is the length of a panel of what layer l gives.
func (n *layers[T]) size(l int) int { return n.table.PaddedRows(n.rows(l)) * n.table.Width() }

// rows is the number of elements that layer l gives.
func (n *layers[T]) rows(l int) int { return n.linear[l].Pixels() }

func (n *layers[T]) largest() (size int) {
	for l := range n.linear {
		size = max(size, n.size(l))
	}
	return size
}

// last is the number of the output layer.
func (n *layers[T]) last() int { return len(n.linear) - 1 }

func (n *layers[T]) load() {
	for l, g := range n.linear {
		n.w[l].Pack(g.W.Data, g.W.Stride)
		n.wt[l].PackTransposed(g.W.Data, g.W.Stride)
		for j, b := range g.Bias {
			row := n.bias[l][j*n.table.Width() : (j+1)*n.table.Width()]
			for i := range row {
				row[i] = b
			}
		}
	}
}

// partialLen: for each layer ∂W_lᵀ, inputs × padded outputs, then ∂b_l.
func (n *layers[T]) partialLen() int { return n.parts[len(n.linear)] }

// part cuts layer l's weights and biases from a partial gradient.
func (n *layers[T]) part(partial []T, l int) (dw, db []T) {
	partial = partial[n.parts[l]:n.parts[l+1]]
	weights := n.linear[l].Latents() * n.table.PaddedRows(n.rows(l))
	return partial[:weights], partial[weights:]
}

// gradient sets the derivatives in all parameters to sign times the partial.
func (n *layers[T]) gradient(grads [][]T, partial []T, sign T) {
	for l, g := range n.linear {
		dw, db := n.part(partial, l)
		inputs, stride := g.Latents(), n.table.PaddedRows(g.Pixels())
		for j := range g.Pixels() {
			row := grads[0][j*inputs : (j+1)*inputs]
			for k := range row {
				row[k] = sign * dw[k*stride+j]
			}
		}
		grads = grads[1:]
		if g.Bias == nil {
			continue
		}
		for j, v := range db {
			grads[0][j] = sign * v
		}
		grads = grads[1:]
	}
}

// A pass is what going through the layers leaves behind: for the hidden ones y_l
// and σ'(a_l), for all of them δ_l = ∂f/∂a_l of what is differentiated.
type pass[T Float] struct {
	y, slope, delta [][]T
}

func (n *layers[T]) newPass() pass[T] {
	var p pass[T]
	for l := range n.linear {
		p.delta = append(p.delta, make([]T, n.size(l)))
		if l < n.last() {
			p.y, p.slope = append(p.y, make([]T, n.size(l))), append(p.slope, make([]T, n.size(l)))
		}
	}
	return p
}

// input is what layer l reads: y_{l−1}, z for the first.
func (p *pass[T]) input(l int, z []T) []T {
	if l == 0 {
		return z
	}
	return p.y[l-1]
}

// ascend runs the hidden layers on z, and returns what the output layer reads.
func (n *layers[T]) ascend(p *pass[T], z, scratch []T, vecs int) []T {
	for l := range n.last() {
		n.table.Product(p.y[l], n.w[l], p.input(l, z), vecs, n.bias[l], kernels.Epilogue[T]{})
		n.activate(n.hidden, p.y[l], p.slope[l], scratch, n.rows(l), vecs)
	}
	return p.input(n.last(), z)
}

// descend takes δ of the output layer back through the hidden ones:
//
//	δ_l = σ'(a_l) ⊙ W_{l+1}ᵀ·δ_{l+1}
func (n *layers[T]) descend(p *pass[T], vecs int) {
	for l := n.last(); l > 0; l-- {
		n.table.Product(p.delta[l-1], n.wt[l], p.delta[l], vecs, nil, kernels.Epilogue[T]{})
		n.table.Multiply(p.delta[l-1], p.delta[l-1], p.slope[l-1], n.rows(l-1), vecs)
	}
}

// activate replaces a panel of a by y = σ(a), and sets slope = σ'(a) from it:
//
//	sigmoid  y·(1−y)      tanh  1−y²      ReLU  1 where y ≠ 0      softplus  sigmoid(a)
func (n *layers[T]) activate(act kernels.Activation, y, slope, scratch []T, rows, vecs int) {
	t := n.table
	if act == kernels.Softplus {
		t.Apply(kernels.Sigmoid, slope, y, rows, vecs)
		t.Apply(act, y, y, rows, vecs)
		return
	}
	if act != kernels.Identity {
		t.Apply(act, y, y, rows, vecs)
	}
	copy(slope, n.ones)
	switch act {
	case kernels.Sigmoid:
		t.AddScaled(slope, -1, y, rows, vecs)
		t.Multiply(slope, slope, y, rows, vecs)
	case kernels.Tanh:
		t.Multiply(scratch, y, y, rows, vecs)
		t.AddScaled(slope, -1, scratch, rows, vecs)
	case kernels.ReLU:
		t.Gate(slope, scratch, y, rows, vecs, 1, kernels.ProxShrink, nil, nil)
	}
}

// addCurvature adds the bend of the activation to dst, where g is given as δ:
//
//	dst += g ⊙ σ''(a) ⊙ v      δ = g ⊙ σ'(a)
//	sigmoid  δ·v·(1−2y)      tanh  −2·δ·v·y      softplus  δ·v·(1−σ')
func (n *layers[T]) addCurvature(dst, delta, v, y, slope, scratch []T, rows, vecs int) {
	t := n.table
	if n.hidden == kernels.Identity || n.hidden == kernels.ReLU {
		return
	}
	t.Multiply(scratch, delta, v, rows, vecs)
	switch n.hidden {
	case kernels.Sigmoid:
		t.AddScaled(dst, 1, scratch, rows, vecs)
		t.Multiply(scratch, scratch, y, rows, vecs)
		t.AddScaled(dst, -2, scratch, rows, vecs)
	case kernels.Tanh:
		t.Multiply(scratch, scratch, y, rows, vecs)
		t.AddScaled(dst, -2, scratch, rows, vecs)
	case kernels.Softplus:
		t.AddScaled(dst, 1, scratch, rows, vecs)
		t.Multiply(scratch, scratch, slope, rows, vecs)
		t.AddScaled(dst, -1, scratch, rows, vecs)
	}
}

// generate computes what the layers give for every row of z.
func generate[T Float](n *layers[T], dst, z Matrix[T]) {
	latents, pixels := n.linear[0].Latents(), n.rows(n.last())
	z.mustBe("latents", -1, latents)
	dst.mustBe("dst", z.Rows, pixels)
	t, p := n.table, n.newPass()
	n.load()
	in, out, scratch := make([]T, latents*t.Width()), make([]T, n.size(n.last())), make([]T, n.largest())
	for first := 0; first < z.Rows; first += t.Width() {
		samples := min(t.Width(), z.Rows-first)
		vecs := t.Vectors(samples)
		t.Pack(in, z.Data[first*z.Stride:], samples, latents, z.Stride)
		t.Product(out, n.w[n.last()], n.ascend(&p, in, scratch, vecs), vecs, n.bias[n.last()], kernels.Epilogue[T]{})
		if n.output != kernels.Identity {
			t.Apply(n.output, out, out, pixels, vecs)
		}
		t.Unpack(dst.Data[first*dst.Stride:], out, samples, pixels, dst.Stride)
	}
}

// checkActivations returns an error for an activation that there is none of.
func (n *layers[T]) checkActivations() error {
	for _, act := range []kernels.Activation{n.hidden, n.output} {
		if act < kernels.Identity || act > kernels.Softplus {
			return fmt.Errorf("%v: want kernels.Identity, Sigmoid, Tanh, ReLU or Softplus", act)
		}
	}
	return nil
}

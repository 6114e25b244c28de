package engine

import "github.com/inversenet/inversenet/kernels"

// layers are affine maps with activations in between on panels,
//
//	a_l = W_l·y_{l−1} + b_l      y_l = σ_l(a_l)
//
// for fields and heads alike. They are counted from 0 here, so that layer l reads
// y[l−1], and layer 0 the input. Read-only while workers use it.
type layers[T Float] struct {
	table          *kernels.Table[T]
	linear         []Layer[T] // as they were loaded last
	hidden, output kernels.Activation
	w, wt          []*kernels.Weights[T]
	bias           [][]T // panels of b_l, every lane alike; nil without a bias
	biasPanels     [][]T
	ones           []T   // a panel, as large as the largest
	parts          []int // where each layer's part of a partial gradient begins, and the end
}

func newLayers[T Float](t *kernels.Table[T], g *Generator[T]) *layers[T] {
	n := &layers[T]{table: t, hidden: g.Hidden, output: g.Output, parts: []int{0}}
	n.linear = append(n.linear, g.Layers...)
	n.bias = make([][]T, len(n.linear))
	for l, layer := range n.linear {
		n.w = append(n.w, t.NewWeights(layer.Rows, layer.Cols))
		n.wt = append(n.wt, t.NewWeights(layer.Cols, layer.Rows))
		n.biasPanels = append(n.biasPanels, make([]T, n.size(l)))
		n.parts = append(n.parts, n.parts[l]+layer.Cols*t.PaddedRows(layer.Rows)+layer.Rows)
	}
	if len(n.linear) > 1 || n.output != kernels.Identity {
		n.ones = make([]T, n.largest())
		for i := range n.ones {
			n.ones[i] = 1
		}
	}
	return n
}

// size is the length of a panel of what layer l gives.
func (n *layers[T]) size(l int) int { return n.table.PaddedRows(n.rows(l)) * n.table.Width() }

// rows is the number of elements that layer l gives.
func (n *layers[T]) rows(l int) int { return n.linear[l].Rows }

func (n *layers[T]) largest() (size int) {
	for l := range n.linear {
		size = max(size, n.size(l))
	}
	return size
}

// last is the number of the output layer.
func (n *layers[T]) last() int { return len(n.linear) - 1 }

// load takes over all weights and biases.
func (n *layers[T]) load(g *Generator[T], same bool) {
	n.linear = append(n.linear[:0], g.Layers...)
	if same {
		return
	}
	for l, layer := range n.linear {
		n.w[l].Pack(layer.W, layer.Cols)
		n.wt[l].PackTransposed(layer.W, layer.Cols)
		n.bias[l] = nil
		if layer.Bias != nil {
			n.bias[l] = n.biasPanels[l]
			spread(n.table, n.bias[l], layer.Bias)
		}
	}
}

// spread sets every lane of row r of a panel to v[r].
func spread[T Float](t *kernels.Table[T], panel, v []T) {
	width := t.Width()
	for j, b := range v {
		row := panel[j*width : (j+1)*width]
		for i := range row {
			row[i] = b
		}
	}
}

// partialLen: for each layer ∂W_lᵀ, inputs × padded outputs, then ∂b_l.
func (n *layers[T]) partialLen() int { return n.parts[len(n.linear)] }

// part cuts layer l's weights and biases from a partial gradient.
func (n *layers[T]) part(partial []T, l int) (dw, db []T) {
	partial = partial[n.parts[l]:n.parts[l+1]]
	weights := n.linear[l].Cols * n.table.PaddedRows(n.rows(l))
	return partial[:weights], partial[weights:]
}

// gradient sets the derivatives in all parameters to sign times the partial.
func (n *layers[T]) gradient(grads [][]T, partial []T, sign T) {
	for l, layer := range n.linear {
		dw, db := n.part(partial, l)
		inputs, stride := layer.Cols, n.table.PaddedRows(layer.Rows)
		for j := range layer.Rows {
			row := grads[0][j*inputs : (j+1)*inputs]
			for k := range row {
				row[k] = sign * dw[k*stride+j]
			}
		}
		grads = grads[1:]
		if layer.Bias == nil {
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

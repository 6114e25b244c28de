package engine

import "github.com/inversenet/inversenet/kernels"

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

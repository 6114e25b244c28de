package inverse

import (
	"github.com/inversenet/inversenet/inverse/internal/dense"
	"github.com/inversenet/inversenet/kernels"
)

// gram is the field of x = W·z + b by its normal equations, with A = WᵀW from
// float64 sums and C = Wᵀ(X − b) once for each panel: one K×K product a step,
//
//	∇f = A·Z − C        ∇²f·V = A·V
//
// The derivative in the parameters needs only sums over steps, because
// R = W·Z + b − X and U = W·V:
//
//	∂W = −W·(S + Sᵀ) − (b − X)·Lᵀ    S = Σ Z·Vᵀ    L = Σ V    ∂b = −W·(L·1)
type gram[T Float] struct {
	table     *kernels.Table[T]
	generator *Linear[T]
	a, wt     *kernels.Weights[T]
	rounded   []T // A, row-major

	pool       *dense.Pool
	w          *dense.Matrix // J×K
	wide, grad *dense.Matrix // Wᵀ and ∂Wᵀ, K×J
	square     *dense.Matrix // A, then S + Sᵀ
}

func newGram[T Float](t *kernels.Table[T], g *Linear[T]) *gram[T] {
	j, k := g.Pixels(), g.Latents()
	pool := wideAlgebra(t)
	return &gram[T]{
		table:     t,
		generator: g,
		a:         t.NewWeights(k, k),
		wt:        t.NewWeights(k, j),
		rounded:   make([]T, k*k),
		pool:      pool,
		w:         pool.New(j, k),
		wide:      pool.New(k, j),
		grad:      pool.New(k, j),
		square:    pool.New(k, k),
	}
}

// wideAlgebra multiplies in float64 on the same instruction set as t.
func wideAlgebra[T Float](t *kernels.Table[T]) *dense.Pool {
	wide, err := kernels.For[float64](t.ISA())
	if err != nil {
		wide = kernels.Default[float64]()
	}
	return dense.NewPool(wide)
}

func (g *gram[T]) load() {
	w := g.generator.W
	g.wt.PackTransposed(w.Data, w.Stride)
	setDense(g.w, w)
	g.wide.Transpose(g.w)
	g.pool.Mul(g.square, g.wide, false, g.w, nil)
	for i := range w.Cols {
		dense.GetRow(g.rounded[i*w.Cols:(i+1)*w.Cols], g.square, i, 0, 1)
	}
	g.a.PackTransposed(g.rounded, w.Cols)
}

// partialLen: S (latents × padded latents), the product of L and the target
// (latents × padded pixels), and the sums of L over samples.
func (g *gram[T]) partialLen() int {
	k := g.generator.Latents()
	return k*g.table.PaddedRows(k) + k*g.table.PaddedRows(g.generator.Pixels()) + k
}

// parts cuts a partial gradient.
func (g *gram[T]) parts(partial []T) (s, lx, l []T) {
	k := g.generator.Latents()
	a, b := k*g.table.PaddedRows(k), k*g.table.PaddedRows(g.generator.Pixels())
	return partial[:a], partial[a : a+b], partial[a+b:]
}

func (g *gram[T]) gradient(grads [][]T, partial []T) {
	s, lx, l := g.parts(partial)
	w := g.generator.W
	k, strideS, strideX := w.Cols, g.table.PaddedRows(w.Cols), g.table.PaddedRows(w.Rows)
	for i := range k {
		dense.SetRow(g.square, i, 0, 1, s[i*strideS:i*strideS+k])
		dense.SetRow(g.grad, i, 0, 1, lx[i*strideX:i*strideX+w.Rows])
	}
	g.square.AddTranspose()
	g.pool.Mul(g.grad, g.square, true, g.wide, g.grad)
	g.w.Transpose(g.grad)
	for j := range w.Rows {
		dense.GetRow(grads[0][j*k:(j+1)*k], g.w, j, 0, -1)
	}
	if g.generator.Bias == nil {
		return
	}
	for j := range w.Rows {
		var b T
		for i, v := range w.Row(j) {
			b -= v * l[i]
		}
		grads[1][j] = b
	}
}

// gramWorker holds the panels of one goroutine.
type gramWorker[T Float] struct {
	*gram[T]
	panel   *panel[T]
	target  target[T]
	negC    []T // Wᵀ(b − X)
	l       []T // Σ V
	atT     []T
	targetT []T
}

func (g *gram[T]) newWorker(bool, int) fieldWorker[T] {
	t := g.table
	latents, pixels := t.PaddedRows(g.generator.Latents())*t.Width(), t.PaddedRows(g.generator.Pixels())*t.Width()
	w := &gramWorker[T]{gram: g, target: newTarget(t, g.generator)}
	p := panels[T](3, latents)
	w.negC, w.l, w.atT = p[0], p[1], p[2]
	w.targetT = make([]T, pixels)
	return w
}

func (w *gramWorker[T]) begin(p *panel[T]) {
	w.panel = p
	w.target.begin(p)
	w.table.Product(w.negC, w.wt, w.target.panel, p.vecs, nil, kernels.Epilogue[T]{})
	clear(w.l)
}

func (w *gramWorker[T]) step(_ int, out, at []T, e *kernels.Epilogue[T]) {
	w.table.Product(out, w.a, at, w.panel.vecs, w.negC, *e)
}

func (w *gramWorker[T]) adjoint(_ int, out, base, at, v, partial []T) {
	t, p, k := w.table, w.panel, w.generator.Latents()
	t.Product(out, w.a, v, p.vecs, nil, kernels.Epilogue[T]{Base: base, Scale: -1})
	if partial == nil {
		return
	}
	s, _, _ := w.parts(partial)
	t.SampleMajor(w.atT, at, k, p.vecs)
	t.Outer(s, v, k, w.atT, k, p.samples)
	t.AddScaled(w.l, 1, v, k, p.vecs)
}

func (w *gramWorker[T]) finish(partial []T) {
	t, p, g := w.table, w.panel, w.generator
	_, lx, l := w.parts(partial)
	t.SampleMajor(w.targetT, w.target.panel, g.Pixels(), p.vecs)
	t.Outer(lx, w.l, g.Latents(), w.targetT, g.Pixels(), p.samples)
	t.RowSums(l, w.l, g.Latents(), p.samples)
}

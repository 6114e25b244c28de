package engine

import (
	"github.com/inversenet/inversenet/inverse/internal/dense"
	"github.com/inversenet/inversenet/kernels"
)

// gram is the field of x = W·z + b by its normal equations, with A = WᵀW from
// float64 sums and C = Wᵀ(X − b) once for each panel: one K×K product a step,
//
//	∇f = A·Z − C        ∇²f·V = A·V
//
// The derivatives need only sums over steps, because R = W·Z + b − X and U = W·V:
//
//	∂W = −W·(S + Sᵀ) − (b − X)·Lᵀ    S = Σ Z·Vᵀ    L = Σ V    ∂b = −W·(L·1)    ∂X = W·L
type gram[T Float] struct {
	table         *kernels.Table[T]
	pixels, k     int
	layer         Layer[T]
	a, wt         *kernels.Weights[T]
	forward       *kernels.Weights[T] // W, where ∂X is wanted
	rounded       []T                 // A, row-major
	pool          *dense.Pool
	w             *dense.Matrix // J×K
	wide, grad    *dense.Matrix // Wᵀ and ∂Wᵀ, K×J
	square, exact *dense.Matrix // S + Sᵀ, and A, whose place is free once it is rounded
}

func newGram[T Float](t *kernels.Table[T], threads int, g *Generator[T], want Want) *gram[T] {
	j, k := g.Pixels, g.Latents
	pool := wideAlgebra(t, threads)
	f := &gram[T]{
		table: t, pixels: j, k: k,
		a:       t.NewWeights(k, k),
		wt:      t.NewWeights(k, j),
		rounded: make([]T, k*k),
		pool:    pool,
		w:       pool.New(j, k),
		wide:    pool.New(k, j),
		grad:    pool.New(k, j),
		square:  pool.New(k, k),
		exact:   pool.New(k, k),
	}
	if want.X {
		f.forward = t.NewWeights(j, k)
	}
	return f
}

// wideAlgebra multiplies in float64 on the same instruction set as t.
func wideAlgebra[T Float](t *kernels.Table[T], threads int) *dense.Pool {
	wide, err := kernels.For[float64](t.ISA())
	if err != nil {
		wide = kernels.Default[float64]()
	}
	return dense.NewPool(wide, threads)
}

// setDense copies a layer's weights.
func setDense[T Float](dst *dense.Matrix, src Layer[T]) {
	for i := range src.Rows {
		dense.SetRow(dst, i, 0, 1, src.W[i*src.Cols:(i+1)*src.Cols])
	}
}

func (g *gram[T]) load(from *Generator[T], same bool) {
	g.layer = from.Layers[0]
	if same {
		return
	}
	w, k := g.layer.W, g.k
	g.wt.PackTransposed(w, k)
	if g.forward != nil {
		g.forward.Pack(w, k)
	}
	setDense(g.w, g.layer)
	g.pool.Transpose(g.wide, g.w)
	g.pool.MulSymmetric(g.exact, g.w, true, g.w, nil)
	for i := range k {
		dense.GetRow(g.rounded[i*k:(i+1)*k], g.exact, i, 0, 1)
	}
	g.a.PackTransposed(g.rounded, k)
}

// partialLen: S (latents × padded latents), the product of L and the target
// (latents × padded pixels), and the sums of L over samples.
func (g *gram[T]) partialLen() int {
	return g.k*g.table.PaddedRows(g.k) + g.k*g.table.PaddedRows(g.pixels) + g.k
}

// parts cuts a partial gradient.
func (g *gram[T]) parts(partial []T) (s, lx, l []T) {
	a, b := g.k*g.table.PaddedRows(g.k), g.k*g.table.PaddedRows(g.pixels)
	return partial[:a], partial[a : a+b], partial[a+b:]
}

func (g *gram[T]) gradient(grads [][]T, partial []T) {
	s, lx, l := g.parts(partial)
	k, j := g.k, g.pixels
	strideS, strideX := g.table.PaddedRows(k), g.table.PaddedRows(j)
	for i := range k {
		dense.SetRow(g.square, i, 0, 1, s[i*strideS:i*strideS+k])
		dense.SetRow(g.grad, i, 0, 1, lx[i*strideX:i*strideX+j])
	}
	g.pool.AddTranspose(g.square, 1, g.exact)
	g.pool.Mul(g.grad, g.square, true, g.wide, g.grad)
	g.pool.Transpose(g.w, g.grad)
	for i := range j {
		dense.GetRow(grads[0][i*k:(i+1)*k], g.w, i, 0, -1)
	}
	if g.layer.Bias == nil {
		return
	}
	for i := range j {
		var b T
		for c, v := range g.layer.W[i*k : (i+1)*k] {
			b -= T(v * l[c])
		}
		grads[1][i] = b
	}
}

func (g *gram[T]) atoms(dst []float64) { columnNorms(dst, g.layer.W, g.pixels, g.k) }

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

func (g *gram[T]) newWorker(int) fieldWorker[T] {
	t := g.table
	w := &gramWorker[T]{gram: g, target: newTarget(t, g.pixels)}
	p := panels[T](3, t.PaddedRows(g.k)*t.Width())
	w.negC, w.l, w.atT = p[0], p[1], p[2]
	w.targetT = make([]T, t.PaddedRows(g.pixels)*t.Width())
	return w
}

func (w *gramWorker[T]) begin(p *panel[T]) {
	w.panel = p
	w.target.begin(p, w.layer.Bias)
	w.table.Product(w.negC, w.wt, w.target.panel, p.vecs, nil, kernels.Epilogue[T]{})
	clear(w.l)
}

func (w *gramWorker[T]) step(_ int, out, at []T, e *kernels.Epilogue[T]) {
	w.table.Product(out, w.a, at, w.panel.vecs, w.negC, *e)
}

func (w *gramWorker[T]) slope(out, at []T) {
	w.table.Product(out, w.a, at, w.panel.vecs, w.negC, kernels.Epilogue[T]{})
}

func (w *gramWorker[T]) adjoint(_ int, out, base, at, v, partial []T) {
	t, p, k := w.table, w.panel, w.k
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
	t, p := w.table, w.panel
	_, lx, l := w.parts(partial)
	t.SampleMajor(w.targetT, w.target.panel, w.pixels, p.vecs)
	t.Outer(lx, w.l, w.k, w.targetT, w.pixels, p.samples)
	t.RowSums(l, w.l, w.k, p.samples)
	if p.gradX != nil {
		t.Product(w.targetT, w.forward, w.l, p.vecs, nil, kernels.Epilogue[T]{})
		t.AddScaled(p.gradX, 1, w.targetT, w.pixels, p.vecs)
	}
}

func (w *gramWorker[T]) extent(dst []float64) { w.target.extent(dst) }

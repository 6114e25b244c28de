package inverse

import (
	"github.com/inversenet/inversenet/inverse/internal/closedform"
	"github.com/inversenet/inversenet/inverse/internal/dense"
	"github.com/inversenet/inversenet/kernels"
)

// closed replaces the steps by the affine map they are. With A = WᵀW + ridge and
// Z_N = P·Z₀ + Q·Wᵀ(X − b),
//
//	Z_N = [P  −H]·[Z₀; −X] − H·b      H = Q·Wᵀ
//
// is one product over data that never change. Its adjoint, with G = ∂L/∂Z_N, is
// the sum of G·[Z₀; −X]ᵀ and G·1 over samples; the rest is K×K algebra:
//
//	∂P = G·Z₀ᵀ    ∂H = G·(X − b)ᵀ    ∂Q = ∂H·W    ∂W = ∂Hᵀ·Q + W·(∂A + ∂Aᵀ)    ∂b = −Hᵀ·G·1
type closed[T Float] struct {
	table     *kernels.Table[T]
	generator *Linear[T]
	inner     Inner
	learn     learned
	rec       closedform.Recurrence
	power     *closedform.Map
	pool      *dense.Pool

	a, da   *dense.Matrix // K×K
	w       *dense.Matrix // J×K
	wt, h   *dense.Matrix // K×J
	dh, dwt *dense.Matrix // K×J
	dp, dq  *dense.Matrix // K×K
	ds      []float64
	flat    []T            // [P −H], row-major
	spectre func() float64 // λmax(WᵀW)
	weights *kernels.Weights[T]
	starts  *kernels.Weights[T] // Pᵀ
	offset  []T                 // panel of −H·b
}

func newClosed[T Float](t *kernels.Table[T], g *Linear[T], in Inner, learn learned) *closed[T] {
	pool := wideAlgebra(t)
	j, k := g.Pixels(), g.Latents()
	c := &closed[T]{
		table: t, generator: g, inner: in, learn: learn, rec: recurrence(in), pool: pool,
		a: pool.New(k, k), da: pool.New(k, k), w: pool.New(j, k),
		wt: pool.New(k, j), h: pool.New(k, j), dh: pool.New(k, j), dwt: pool.New(k, j),
		dp: pool.New(k, k), dq: pool.New(k, k), ds: make([]float64, in.Steps),
		flat: make([]T, k*(k+j)), weights: t.NewWeights(k, k+j), starts: t.NewWeights(k, k),
	}
	c.spectre = g.LambdaMax
	c.power = closedform.NewMap(pool, k, c.rec)
	if g.Bias != nil {
		c.offset = make([]T, k*t.Width())
	}
	return c
}

func (c *closed[T]) form() Form { return ClosedForm }

func (c *closed[T]) load(samples int) {
	g := c.generator
	k, j := g.Latents(), g.Pixels()
	c.inner.stepSizes(c.rec.Sizes, j, samples, c.spectre)
	setDense(c.w, g.W)
	c.wt.Transpose(c.w)
	c.pool.Mul(c.a, c.wt, false, c.w, nil)
	c.a.AddDiagonal(c.inner.Ridge)
	c.power.Forward(c.a)
	c.pool.Mul(c.h, c.power.Q, false, c.wt, nil)
	for i := range k {
		row := c.flat[i*(k+j) : (i+1)*(k+j)]
		dense.GetRow(row[:k], c.power.P, i, 0, 1)
		dense.GetRow(row[k:], c.h, i, 0, -1)
		c.setOffset(i)
	}
	c.weights.Pack(c.flat, k+j)
	c.starts.PackTransposed(c.flat, k+j)
}

// setOffset: row i of −H·b.
func (c *closed[T]) setOffset(i int) {
	if c.offset == nil {
		return
	}
	var v float64
	for l, b := range c.generator.Bias {
		v -= c.h.At(i, l) * float64(b)
	}
	width := c.table.Width()
	row := c.offset[i*width : (i+1)*width]
	for n := range row {
		row[n] = T(v)
	}
}

func setDense[T Float](dst *dense.Matrix, src Matrix[T]) {
	for i := range src.Rows {
		dense.SetRow(dst, i, 0, 1, src.Row(i))
	}
}

// partialLen: G·[Z₀; −X]ᵀ, latents × padded (latents + pixels), then G·1.
func (c *closed[T]) partialLen() int {
	k := c.generator.Latents()
	n := k * c.table.PaddedRows(k+c.generator.Pixels())
	if c.generator.Bias != nil {
		n += k
	}
	return n
}

func (c *closed[T]) gradient(g *gradients[T], partial []T) {
	gen := c.generator
	k, j := gen.Latents(), gen.Pixels()
	stride := c.table.PaddedRows(k + j)
	sums := partial[k*stride:] // G·1, empty without a bias
	for i := range k {
		row := partial[i*stride : (i+1)*stride]
		dense.SetRow(c.dp, i, 0, 1, row[:k])
		dense.SetRow(c.dh, i, 0, -1, row[k:k+j])
	}
	for i, s := range sums {
		for l, b := range gen.Bias {
			c.dh.Set(i, l, c.dh.At(i, l)-float64(s)*float64(b))
		}
	}
	c.pool.Mul(c.dq, c.dh, false, c.w, nil)
	c.power.Backward(c.da, c.ds, c.dp, c.dq)
	c.da.AddTranspose()
	c.pool.Mul(c.dwt, c.power.Q, true, c.dh, nil)
	c.pool.Mul(c.dwt, c.da, true, c.wt, c.dwt)
	c.w.Transpose(c.dwt)
	for l := range j {
		dense.GetRow(g.generator[0][l*k:(l+1)*k], c.w, l, 0, 1)
	}
	if gen.Bias != nil {
		for l := range j {
			var v float64
			for i, s := range sums {
				v -= c.h.At(i, l) * float64(s)
			}
			g.generator[1][l] = T(v)
		}
	}
	for n := range g.steps {
		g.steps[n] = c.ds[n] * c.rec.Sizes[n]
	}
}

// closedWorker holds one goroutine's panels.
type closedWorker[T Float] struct {
	*closed[T]
	panel *panel[T]
	z     []T
	start []T
	dataT []T
}

func (c *closed[T]) newWorker(keep bool) worker[T] {
	t, k := c.table, c.generator.Latents()
	w := &closedWorker[T]{closed: c, z: make([]T, t.PaddedRows(k)*t.Width())}
	if keep {
		w.start = make([]T, t.PaddedRows(k)*t.Width())
		w.dataT = make([]T, t.PaddedRows(k+c.generator.Pixels())*t.Width())
	}
	return w
}

func (w *closedWorker[T]) forward(p *panel[T]) []T {
	w.panel = p
	w.table.Product(w.z, w.weights, p.data, p.vecs, w.offset, kernels.Epilogue[T]{})
	return w.z
}

func (w *closedWorker[T]) backward(p *panel[T], lambda, partial []T) []T {
	t, k := w.table, w.generator.Latents()
	rows := k + w.generator.Pixels()
	n := k * t.PaddedRows(rows)
	dataT := p.dataT
	if dataT == nil {
		dataT = w.dataT
		t.SampleMajor(dataT, p.data, rows, p.vecs)
	}
	t.Outer(partial[:n], lambda, k, dataT, rows, p.samples)
	if w.generator.Bias != nil {
		t.RowSums(partial[n:], lambda, k, p.samples)
	}
	if !p.wantStart {
		return nil
	}
	t.Product(w.start, w.starts, lambda, p.vecs, nil, kernels.Epilogue[T]{})
	return w.start
}

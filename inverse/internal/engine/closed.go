package engine

import (
	"slices"
	"sync/atomic"

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
//	∂P = G·Z₀ᵀ    ∂H = G·(X − b)ᵀ    ∂Q = ∂H·W    ∂W = ∂Hᵀ·Q + W·(∂A + ∂Aᵀ)
//	∂b = −Hᵀ·G·1    ∂X = Hᵀ·G    ∂Z₀ = Pᵀ·G    ∂ridge = tr ∂A
type closed[T Float] struct {
	table     *kernels.Table[T]
	settings  *Settings
	pixels, k int
	layer     Layer[T]
	rec       closedform.Recurrence
	power     *closedform.Map
	pool      *dense.Pool
	halt      *atomic.Bool

	a, da   *dense.Matrix // K×K
	w, dw   *dense.Matrix // J×K
	wt, h   *dense.Matrix // K×J
	dh, dwt *dense.Matrix // K×J
	dp, dq  *dense.Matrix // K×K
	ds      []float64
	flat    []T                 // [P −H], row-major
	weights *kernels.Weights[T] // [P −H]
	starts  *kernels.Weights[T] // Pᵀ
	images  *kernels.Weights[T] // −Hᵀ, where ∂X is wanted
	offset  []T                 // panel of −H·b, nil without a bias
	own     []T
}

func newClosed[T Float](t *kernels.Table[T], threads int, s *Settings, g *Generator[T], want Want, halt *atomic.Bool) *closed[T] {
	pool := wideAlgebra(t, threads)
	j, k := g.Pixels, g.Latents
	c := &closed[T]{
		table: t, settings: s, pixels: j, k: k, pool: pool, halt: halt,
		rec: closedform.Recurrence{Steps: s.Steps, Mu: s.Method.Mu, Ahead: s.Method.Ahead, Sizes: make([]float64, max(1, len(s.Rates)))},
		a:   pool.New(k, k), da: pool.New(k, k), w: pool.New(j, k), dw: pool.New(j, k),
		wt: pool.New(k, j), h: pool.New(k, j), dh: pool.New(k, j), dwt: pool.New(k, j),
		dp: pool.New(k, k), dq: pool.New(k, k),
		flat: make([]T, k*(k+j)), weights: t.NewWeights(k, k+j), starts: t.NewWeights(k, k),
		own: make([]T, k*t.Width()),
	}
	for n := range c.rec.Sizes { // only whether they are equal matters here
		c.rec.Sizes[n] = 1
		if len(s.Rates) > 0 {
			c.rec.Sizes[n] = s.Rates[n]
		}
	}
	c.ds = make([]float64, len(c.rec.Sizes))
	c.power = closedform.NewMap(pool, k, c.rec)
	if want.X {
		c.images = t.NewWeights(j, k)
	}
	return c
}

func (c *closed[T]) load(g *Generator[T], same bool, sizes stepSizes) error {
	c.layer = g.Layers[0]
	if same && slices.Equal(c.rec.Sizes, sizes) {
		return nil
	}
	k, j := c.k, c.pixels
	copy(c.rec.Sizes, sizes)
	setDense(c.w, c.layer)
	c.pool.Transpose(c.wt, c.w)
	c.pool.MulSymmetric(c.a, c.w, true, c.w, nil)
	c.a.AddDiagonal(c.settings.Ridge)
	c.power.Forward(c.a, c.halt)
	c.pool.Mul(c.h, c.power.Q, c.settings.Method.plain(), c.wt, nil) // Q is symmetric then
	c.setOffset(g.Layers[0].Bias)
	for i := range k {
		row := c.flat[i*(k+j) : (i+1)*(k+j)]
		dense.GetRow(row[:k], c.power.P, i, 0, 1)
		dense.GetRow(row[k:], c.h, i, 0, -1)
	}
	c.weights.Pack(c.flat, k+j)
	c.starts.PackTransposed(c.flat, k+j)
	if c.images != nil {
		c.images.PackTransposed(c.flat[k:], k+j)
	}
	return nil
}

// setOffset: −H·b in every lane.
func (c *closed[T]) setOffset(bias []T) {
	c.offset = nil
	if bias == nil {
		return
	}
	c.offset = c.own
	width := c.table.Width()
	for i := range c.k {
		var v float64
		for l, b := range bias {
			v -= float64(c.h.At(i, l) * float64(b))
		}
		row := c.offset[i*width : (i+1)*width]
		for n := range row {
			row[n] = T(v)
		}
	}
}

// partialLen: G·[Z₀; −X]ᵀ, latents × padded (latents + pixels), then G·1.
func (c *closed[T]) partialLen() int { return c.k*c.table.PaddedRows(c.k+c.pixels) + c.k }

func (c *closed[T]) gradient(g *Gradients[T], partial []T) {
	bias, k, j := c.layer.Bias, c.k, c.pixels
	stride := c.table.PaddedRows(k + j)
	sums := partial[k*stride:] // G·1
	for i := range k {
		row := partial[i*stride : (i+1)*stride]
		dense.SetRow(c.dp, i, 0, 1, row[:k])
		dense.SetRow(c.dh, i, 0, -1, row[k:k+j])
	}
	for i, s := range sums {
		for l, b := range bias {
			c.dh.Set(i, l, c.dh.At(i, l)-float64(float64(s)*float64(b)))
		}
	}
	c.pool.Mul(c.dq, c.dh, false, c.w, nil)
	c.power.Backward(c.da, c.ds, c.dp, c.dq)
	g.Ridge = c.da.Diagonal()
	c.pool.AddTranspose(c.da, 1, c.dp)
	c.pool.Mul(c.dwt, c.power.Q, true, c.dh, nil)
	c.pool.Mul(c.dwt, c.da, true, c.wt, c.dwt)
	c.pool.Transpose(c.dw, c.dwt) // and w stays, for weights that stay
	for l := range j {
		dense.GetRow(g.Generator[0][l*k:(l+1)*k], c.dw, l, 0, 1)
	}
	if bias != nil {
		c.gradientBias(g.Generator[1], sums)
	}
	for n, d := range c.ds[:min(len(c.ds), len(g.LogSteps))] { // room for more where they are not wanted
		g.LogSteps[n] = d * c.rec.Sizes[n]
	}
}

// gradientBias: ∂b = −Hᵀ·G·1.
func (c *closed[T]) gradientBias(dst, sums []T) {
	for l := range dst {
		var v float64
		for i, s := range sums {
			v -= float64(c.h.At(i, l) * float64(s))
		}
		dst[l] = T(v)
	}
}

// closedWorker holds one goroutine's panels.
type closedWorker[T Float] struct {
	*closed[T]
	z     []T
	start []T
	gradX []T
	dataT []T
}

func (c *closed[T]) newWorker(keep bool) worker[T] {
	t, k := c.table, c.k
	w := &closedWorker[T]{closed: c, z: make([]T, t.PaddedRows(k)*t.Width())}
	if keep {
		w.start = make([]T, t.PaddedRows(k)*t.Width())
		w.dataT = make([]T, t.PaddedRows(k+c.pixels)*t.Width())
		if c.images != nil {
			w.gradX = make([]T, t.PaddedRows(c.pixels)*t.Width())
		}
	}
	return w
}

func (w *closedWorker[T]) forward(p *panel[T]) []T {
	w.table.Product(w.z, w.weights, p.data, p.vecs, w.offset, kernels.Epilogue[T]{})
	return w.z
}

func (w *closedWorker[T]) backward(p *panel[T], lambda, partial []T) ([]T, error) {
	t, k := w.table, w.k
	rows := k + w.pixels
	n := k * t.PaddedRows(rows)
	dataT := p.dataT
	if dataT == nil {
		dataT = w.dataT
		t.SampleMajor(dataT, p.data, rows, p.vecs)
	}
	t.Outer(partial[:n], lambda, k, dataT, rows, p.samples)
	if w.layer.Bias != nil {
		t.RowSums(partial[n:], lambda, k, p.samples)
	}
	if p.gradX != nil {
		t.Product(w.gradX, w.images, lambda, p.vecs, nil, kernels.Epilogue[T]{})
		t.AddScaled(p.gradX, -1, w.gradX, w.pixels, p.vecs)
	}
	if !p.wantStart {
		return nil, nil
	}
	t.Product(w.start, w.starts, lambda, p.vecs, nil, kernels.Epilogue[T]{})
	return w.start, nil
}

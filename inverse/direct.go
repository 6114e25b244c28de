package inverse

import "github.com/inversenet/inversenet/kernels"

// direct is the field of x = W·z + b as it is written, two products a step:
//
//	R = W·Z + b − X        ∇f = WᵀR
//
// and its adjoint likewise:
//
//	U = W·V    ∇²f·V = WᵀU    ∂W −= R·Vᵀ + U·Zᵀ    ∂b −= U·1
type direct[T Float] struct {
	table     *kernels.Table[T]
	generator *Linear[T]
	w, wt     *kernels.Weights[T]
}

func newDirect[T Float](t *kernels.Table[T], g *Linear[T]) *direct[T] {
	return &direct[T]{
		table:     t,
		generator: g,
		w:         t.NewWeights(g.Pixels(), g.Latents()),
		wt:        t.NewWeights(g.Latents(), g.Pixels()),
	}
}

func (d *direct[T]) load() {
	w := d.generator.W
	d.w.Pack(w.Data, w.Stride)
	d.wt.PackTransposed(w.Data, w.Stride)
}

// partialLen: −∂Wᵀ, latents × padded pixels, then −∂b.
func (d *direct[T]) partialLen() int {
	g := d.generator
	return g.Latents()*d.table.PaddedRows(g.Pixels()) + len(g.Bias)
}

func (d *direct[T]) gradient(grads [][]T, partial []T) {
	g := d.generator
	latents, stride := g.Latents(), d.table.PaddedRows(g.Pixels())
	for j := range g.Pixels() {
		row := grads[0][j*latents : (j+1)*latents]
		for k := range row {
			row[k] = -partial[k*stride+j]
		}
	}
	for j, v := range partial[latents*stride:] {
		grads[1][j] = -v
	}
}

// keepResiduals is the size in bytes up to which a worker remembers the
// residuals of all steps; larger ones are computed again from the latents on the
// way back, to the same bits. Writing them costs less than computing them even
// where they leave the caches.
const keepResiduals = 64 << 20

// directWorker holds the pixel panels of one goroutine.
type directWorker[T Float] struct {
	*direct[T]
	panel  *panel[T]
	rs     [][]T // R_0 … R_{N-1}, or one that serves all
	target target[T]
	u      []T
	rT, uT []T // R and U, sample-major
}

func (d *direct[T]) newWorker(keep bool, steps int) fieldWorker[T] {
	t := d.table
	padded := t.PaddedRows(d.generator.Pixels()) * t.Width()
	residuals := 1
	if bytes := steps * padded * sizeof[T](); keep && bytes <= keepResiduals {
		residuals = steps
	}
	w := &directWorker[T]{direct: d, rs: panels[T](residuals, padded), target: newTarget(t, d.generator)}
	p := panels[T](3, padded)
	w.u, w.rT, w.uT = p[0], p[1], p[2]
	return w
}

func (w *directWorker[T]) r(n int) []T { return w.rs[n%len(w.rs)] }

func (w *directWorker[T]) begin(p *panel[T]) {
	w.panel = p
	w.target.begin(p)
}

func (w *directWorker[T]) step(n int, out, at []T, e *kernels.Epilogue[T]) {
	w.residual(n, at)
	w.table.Product(out, w.wt, w.r(n), w.panel.vecs, nil, *e)
}

// residual: R = W·at + (b − X). The first of latents that start at zero needs no
// product.
func (w *directWorker[T]) residual(n int, at []T) {
	if n == 0 && w.panel.fromZero {
		copy(w.r(0), w.target.panel[:w.generator.Pixels()*w.table.Width()])
		return
	}
	w.table.Product(w.r(n), w.w, at, w.panel.vecs, w.target.panel, kernels.Epilogue[T]{})
}

func (w *directWorker[T]) adjoint(n int, out, base, at, v, partial []T) {
	t, p := w.table, w.panel
	// Back at latents that start at zero, U·Zᵀ is zero and nobody asks for ∂Z₀.
	first := n == 0 && p.fromZero && partial != nil
	if !first || w.generator.Bias != nil {
		t.Product(w.u, w.w, v, p.vecs, nil, kernels.Epilogue[T]{})
	}
	if !first {
		t.Product(out, w.wt, w.u, p.vecs, nil, kernels.Epilogue[T]{Base: base, Scale: -1})
	}
	if partial != nil {
		w.accumulate(n, at, v, partial, first)
	}
}

// accumulate adds R·Vᵀ + U·Zᵀ and U·1 to the partial gradient.
func (w *directWorker[T]) accumulate(n int, at, v, partial []T, first bool) {
	t, g, p := w.table, w.generator, w.panel
	if len(w.rs) == 1 {
		w.residual(n, at)
	}
	pixels, latents := g.Pixels(), g.Latents()
	dw := partial[:latents*t.PaddedRows(pixels)]
	t.SampleMajor(w.rT, w.r(n), pixels, p.vecs)
	t.Outer(dw, v, latents, w.rT, pixels, p.samples)
	if !first {
		t.SampleMajor(w.uT, w.u, pixels, p.vecs)
		t.Outer(dw, at, latents, w.uT, pixels, p.samples)
	}
	if g.Bias != nil {
		t.RowSums(partial[len(dw):], w.u, pixels, p.samples)
	}
}

func (w *directWorker[T]) finish([]T) {}

// target is the panel b − X that residuals start from.
type target[T Float] struct {
	table *kernels.Table[T]
	bias  []T
	own   []T
	panel []T
}

func newTarget[T Float](t *kernels.Table[T], g *Linear[T]) target[T] {
	return target[T]{table: t, bias: g.Bias, own: make([]T, t.PaddedRows(g.Pixels())*t.Width())}
}

func (t *target[T]) begin(p *panel[T]) {
	if t.bias == nil {
		t.panel = p.negX
		return
	}
	width := t.table.Width()
	for j, b := range t.bias {
		dst, src := t.own[j*width:(j+1)*width], p.negX[j*width:]
		for n := range dst {
			dst[n] = b + src[n]
		}
	}
	t.panel = t.own
}

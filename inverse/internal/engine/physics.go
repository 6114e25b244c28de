package engine

import (
	"github.com/inversenet/inversenet/internal/portable"
	"github.com/inversenet/inversenet/kernels"
)

// physics is the field of a user's generator: panels are taken apart into
// samples.
type physics[T Float] struct {
	table           *kernels.Table[T]
	pixels, latents int
	generator       Physics[T]
	lengths         []int // of the parameters
}

func newPhysics[T Float](t *kernels.Table[T], g *Generator[T]) *physics[T] {
	return &physics[T]{table: t, pixels: g.Pixels, latents: g.Latents, generator: g.Physics, lengths: append([]int(nil), g.Lengths...)}
}

func (f *physics[T]) load(g *Generator[T], _ bool) { f.generator = g.Physics }

// partialLen: the derivatives in all parameters, one after the other.
func (f *physics[T]) partialLen() (n int) {
	for _, length := range f.lengths {
		n += length
	}
	return n
}

func (f *physics[T]) gradient(grads [][]T, partial []T) {
	for _, g := range grads {
		for i := range g {
			g[i] = -partial[i]
		}
		partial = partial[len(g):]
	}
}

// atoms: nothing is known of the latents apart.
func (f *physics[T]) atoms(dst []float64) {
	for k := range dst {
		dst[k] = 1
	}
}

// physicsWorker holds one goroutine's samples.
type physicsWorker[T Float] struct {
	*physics[T]
	panel   *panel[T]
	x, r    []T
	z, v, d []T
	dparams [][]T
}

func (f *physics[T]) newWorker(int) fieldWorker[T] {
	pixels, latents := panels[T](2, f.pixels), panels[T](3, f.latents)
	return &physicsWorker[T]{
		physics: f, x: pixels[0], r: pixels[1], z: latents[0], v: latents[1], d: latents[2],
		dparams: make([][]T, len(f.lengths)),
	}
}

func (w *physicsWorker[T]) begin(p *panel[T]) { w.panel = p }

// residual sets r = G(z) − x for sample n.
func (w *physicsWorker[T]) residual(n int) {
	width := w.table.Width()
	w.generator.Forward(w.r, w.z)
	for j := range w.r {
		w.r[j] += w.panel.negX[j*width+n]
	}
}

func (w *physicsWorker[T]) step(_ int, out, at []T, e *kernels.Epilogue[T]) {
	width := w.table.Width()
	for n := range w.panel.samples {
		gather(w.z, at[n:], width)
		w.residual(n)
		w.generator.Gradient(w.d, w.z, w.r)
		for k, d := range w.d {
			i := k*width + n
			var lo, hi T
			if e.Prox != kernels.ProxNone {
				lo, hi = e.Lo[k], e.Hi[k]
			}
			out[i] = kernels.ApplyProx(e.Prox, e.Base[i]+T(e.Scale*d), lo, hi)
		}
	}
}

func (w *physicsWorker[T]) slope(out, at []T) {
	width := w.table.Width()
	for n := range w.panel.samples {
		gather(w.z, at[n:], width)
		w.residual(n)
		w.generator.Gradient(w.d, w.z, w.r)
		for k, d := range w.d {
			out[k*width+n] = d
		}
	}
}

func (w *physicsWorker[T]) adjoint(_ int, out, base, at, v, partial []T) {
	width := w.table.Width()
	second, wantX := w.generator.(SecondOrder[T]), partial != nil && w.panel.gradX != nil
	var dparams [][]T
	if partial != nil {
		dparams = w.dparams
		for i, length := range w.lengths {
			dparams[i], partial = partial[:length:length], partial[length:]
		}
	}
	for n := range w.panel.samples {
		gather(w.z, at[n:], width)
		gather(w.v, v[n:], width)
		w.residual(n)
		second.Differentiate(w.d, dparams, w.z, w.r, w.v)
		for k, d := range w.d {
			out[k*width+n] = base[k*width+n] - d
		}
		if wantX {
			w.addGradX(n)
		}
	}
}

// addGradX adds J·v to sample n's derivative in x.
func (w *physicsWorker[T]) addGradX(n int) {
	width := w.table.Width()
	w.generator.(Tangent[T]).Tangent(w.x, w.z, w.v)
	for j, d := range w.x {
		w.panel.gradX[j*width+n] += d
	}
}

func (w *physicsWorker[T]) finish([]T) {}

// extent: nothing is known of G(0), which may not exist, nor of how long images of
// latents are; the gradient of the data alone, Jᵀ·x at the start, stands for both.
func (w *physicsWorker[T]) extent(dst []float64) {
	width := w.table.Width()
	clear(dst)
	for n := range w.panel.samples {
		gather(w.z, w.panel.z0[n:], width)
		gather(w.r, w.panel.negX[n:], width)
		w.generator.Gradient(w.d, w.z, w.r)
		var sum float64
		for _, d := range w.d {
			sum = portable.Hypot(sum, float64(d))
		}
		dst[n] = sum
	}
}

// gather copies one sample of a panel.
func gather[T Float](dst, src []T, width int) {
	for k := range dst {
		dst[k] = src[k*width]
	}
}

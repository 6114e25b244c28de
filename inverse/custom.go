package inverse

import (
	"fmt"

	"github.com/inversenet/inversenet/kernels"
)

// Physics is a generator of the user's own, on one sample at a time. Its methods
// are called from several goroutines at once and must not keep or share memory.
// One that knows the largest eigenvalue of JᵀJ can have a method LambdaMax()
// float64 besides, for [Inner] with AutoStep.
type Physics[T Float] interface {
	// Generate can be one line, see [GenerateRows].
	Generator[T]
	// Forward sets x = G(z).
	Forward(x, z []T)
	// Gradient sets dz = Jᵀ·r for the Jacobian J of G at z.
	Gradient(dz, z, r []T)
}

// SecondOrder is what differentiation through the inner steps needs besides: the
// derivatives, with v and x held fixed, of
//
//	h = ⟨v, J(z)ᵀ·r⟩ = Σ_j (J_j·v)·r_j      r = G(z) − x
//
// where J_j is row j of the Jacobian. Because r moves too, they have two terms:
// with H_j the second derivatives of x_j in z,
//
//	∂h/∂z = Σ_j r_j·(H_j·v) + (J_j·v)·J_j
//	∂h/∂φ = Σ_j r_j·∂(J_j·v)/∂φ + (J_j·v)·∂G_j/∂φ
type SecondOrder[T Float] interface {
	// Differentiate sets dz = ∂h/∂z and adds ∂h/∂φ to dparams, in the order of
	// Parameters. A nil dparams is not wanted.
	Differentiate(dz []T, dparams [][]T, z, r, v []T)
}

// GenerateRows calls g.Forward on every row of z, to set the same row of dst; it is
// what Generate has to do in a [Physics]. It panics, before it writes, unless z has
// rows of g's latents and dst as many rows of its pixels.
func GenerateRows[T Float](g Physics[T], dst, z Matrix[T]) {
	z.mustBe("latents", -1, g.Latents())
	dst.mustBe("dst", z.Rows, g.Pixels())
	for i := range z.Rows {
		g.Forward(dst.Row(i), z.Row(i))
	}
}

// nonlinearEngine runs generators other than [Linear], step by step.
func nonlinearEngine[T Float](t *kernels.Table[T], g Generator[T], in Inner, learn learned, training bool) (engine[T], error) {
	if _, ok := g.(interface{ LambdaMax() float64 }); in.AutoStep && !ok {
		return nil, fmt.Errorf("automatic step sizes need a generator that knows its LambdaMax, %T does not: set LearningRate", g)
	}
	switch in.Differentiation.(type) {
	case Closed, Forward:
		return nil, fmt.Errorf("%v differentiation applies to linear generators, not to %T", in.Differentiation, g)
	}
	f, err := nonlinearField(t, g, training)
	if err != nil {
		return nil, err
	}
	var spectre func() float64
	if s, ok := g.(interface{ LambdaMax() float64 }); ok {
		spectre = s.LambdaMax
	}
	return newUnrolled(t, f, DirectForm, in, g.Pixels(), g.Latents(), spectre, learn), nil
}

func nonlinearField[T Float](t *kernels.Table[T], g Generator[T], training bool) (field[T], error) {
	switch g := g.(type) {
	case Physics[T]:
		if err := differentiable[T](g); training && err != nil {
			return nil, err
		}
		return newCustom(t, g), nil
	case layered[T]:
		return newLayerField(t, g)
	default:
		return nil, fmt.Errorf("generator %T: want *Linear, *Activated, *MLP or one with the methods of Physics", g)
	}
}

// differentiable returns an error for generators that can be inverted but not
// trained through the inversion.
func differentiable[T Float](g Generator[T]) error {
	if _, physics := g.(Physics[T]); !physics {
		return nil
	}
	if _, ok := g.(SecondOrder[T]); !ok {
		return fmt.Errorf("generator %T: gradients through the inversion need its method Differentiate, see SecondOrder", g)
	}
	return nil
}

// custom is the field of a user's generator: panels are taken apart into
// samples.
type custom[T Float] struct {
	table     *kernels.Table[T]
	generator Physics[T]
	second    SecondOrder[T]
	lengths   []int // of the parameters
}

func newCustom[T Float](t *kernels.Table[T], g Physics[T]) *custom[T] {
	c := &custom[T]{table: t, generator: g}
	c.second, _ = g.(SecondOrder[T])
	for _, p := range g.Parameters() {
		c.lengths = append(c.lengths, len(p.Values))
	}
	return c
}

func (c *custom[T]) load() {}

// partialLen: the derivatives in all parameters, one after the other.
func (c *custom[T]) partialLen() (n int) {
	for _, length := range c.lengths {
		n += length
	}
	return n
}

func (c *custom[T]) gradient(grads [][]T, partial []T) {
	for _, g := range grads {
		for i := range g {
			g[i] = -partial[i]
		}
		partial = partial[len(g):]
	}
}

// customWorker holds one goroutine's samples.
type customWorker[T Float] struct {
	*custom[T]
	panel   *panel[T]
	x, r    []T
	z, v, d []T
	dparams [][]T
}

func (c *custom[T]) newWorker(bool, int) fieldWorker[T] {
	pixels, latents := panels[T](2, c.generator.Pixels()), panels[T](3, c.generator.Latents())
	return &customWorker[T]{
		custom: c, x: pixels[0], r: pixels[1], z: latents[0], v: latents[1], d: latents[2],
		dparams: make([][]T, len(c.lengths)),
	}
}

func (w *customWorker[T]) begin(p *panel[T]) { w.panel = p }

// residual sets r = G(z) − x for sample n.
func (w *customWorker[T]) residual(n int) {
	width := w.table.Width()
	w.generator.Forward(w.r, w.z)
	for j := range w.r {
		w.r[j] += w.panel.negX[j*width+n]
	}
}

func (w *customWorker[T]) step(_ int, out, at []T, e *kernels.Epilogue[T]) {
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
			out[i] = kernels.ApplyProx(e.Prox, e.Base[i]+e.Scale*d, lo, hi)
		}
	}
}

func (w *customWorker[T]) adjoint(_ int, out, base, at, v, partial []T) {
	width := w.table.Width()
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
		w.second.Differentiate(w.d, dparams, w.z, w.r, w.v)
		for k, d := range w.d {
			out[k*width+n] = base[k*width+n] - d
		}
	}
}

func (w *customWorker[T]) finish([]T) {}

// gather copies one sample of a panel.
func gather[T Float](dst, src []T, width int) {
	for k := range dst {
		dst[k] = src[k*width]
	}
}

package kernels

// This file is also read by internal/asmgen: the assembly it writes has the signatures
// and the numbers that stand here. It imports nothing.

// Float is an element type that kernels exist for.
type Float interface{ float32 | float64 }

// The functions of a table. Panels, strides and steps are those of the reference, which
// is the specification of each; strides and steps count bytes.
type (
	productFunc[T Float]     func(out, base, init, a, b *T, scale T, lo, hi *T, prox, tiles, depth int)
	outerFunc[T Float]       func(s *T, sStride int, q, p *T, pStride, samples, blocks int)
	addScaledFunc[T Float]   func(dst, src *T, c T, vectors, step int)
	multiplyFunc[T Float]    func(dst, a, b *T, vectors, step int)
	extrapolateFunc[T Float] func(dst, z, last *T, mu T, vectors, step int)
	gateFunc[T Float]        func(lambda, scaled, z, lo, hi *T, scale T, prox, rows int)
	dotRowsFunc[T Float]     func(acc, a, b *T, rows int)
	distanceFunc[T Float]    func(acc, a, b, scale *T, rows int)
	rowSumsFunc[T Float]     func(dst, panel *T, rows, samples int)
	mapFunc[T Float]         func(dst, src *T, vectors, step int)
	logisticFunc[T Float]    func(p, tail, logits *T, vectors, step int)
	activateFunc[T Float]    func(d, h, a, negX *T, vectors, step int)
	softmaxFunc[T Float]     func(p, largest, logSum, logits *T, classes int)
	adamFunc[T Float]        func(x, grad, m, v *T, mean, square, rate, eps, shrink T, vectors int)
	finiteFunc[T Float]      func(s *T, vectors int) (others int)
	transposeFunc[T Float]   func(dst *T, dstStride, dstStep int, src *T, srcStride, srcStep, blocks int)
	peakFunc                 func(rounds int)
)

// A Prox is the shape of the map that ends a product. Its bounds are given for
// each row; l and h stand for row k's.
type Prox int

const (
	// ProxNone: v.
	ProxNone Prox = iota
	// ProxClamp: min(max(v, l), h). A box; with l = 0 and h = +Inf, the
	// non-negative latents.
	ProxClamp
	// ProxShrink: v − min(max(v, l), h). With −l = h = t, the soft threshold
	// sign(v)·max(|v|−t, 0); with l = −Inf and h = t its non-negative form.
	ProxShrink
)

// peakChains is how many independent multiply-adds a round of the peak kernel has:
// enough to cover the latency of two units that each start one a cycle.
const peakChains = 12

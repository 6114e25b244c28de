// Package kernels holds the fused operations of an inner gradient step and of
// its adjoint, for float32 and float64, on AVX-512, AVX2 and in plain Go.
//
// # Panels
//
// Samples are lanes. A panel holds up to 2·Lanes samples; row r of a panel is
// 2·Lanes contiguous elements, one for each sample. A panel of K rows is the
// latent Z, one of J rows the residual R. Weights are broadcast, nothing is
// shuffled in an inner step, and a sample's result depends neither on its
// neighbours nor on its place. A panel with at most Lanes samples is worked on
// one vector wide; lanes beyond the samples hold zeros.
//
// # Operations
//
//	Product     out = prox(base + scale·(init + W·B))     one inner step is two of these
//	Outer       S += Q·P                                  weight gradient, contraction over samples
//	Pack        sample-major rows → panel                 and PackNegated, and Unpack, its inverse
//	SampleMajor panel → sample-major rows                 the P of Outer
//	Activate    d = r ⊙ σ′(a), h = σ′(a)² + r ⊙ σ″(a)      r = σ(a) − x, an output activation
//	Gate        λ ⊙ prox′, s·λ                            the start of a step's adjoint
//	DotRows     Σ over rows, lane by lane                 gradient of a step size
//	WeightedDistance  Σ ((a − b)·scale)² over rows        when to stop
//	RowSums     Σ over the samples of a row               gradient of a bias
//	Softmax     probabilities, the largest logit, log Σ   and Logistic, for losses
//	Exp, Log    to a unit in the last place
//	Adam        a step of the optimiser                   and AllFinite, on slices that are no panels
//
// The pure Go functions in reference*.go are the specification; the loops there
// say what each kernel computes. Every instruction set is tested against them.
//
// # Dispatch
//
// There is one [Table] per element type and instruction set, filled with the
// reference and overlaid with what the instruction set offers. [Default] is the
// best this processor has. The environment variable INVERSENET_ISA=go|avx2|avx512
// lowers the choice; a value that is unknown or that the processor lacks is
// ignored, and [Active] reports it as an error. The build tag purego leaves the
// assembly out, as do architectures other than amd64.
//
// # Concurrency
//
// Tables are read-only and may be shared by any number of goroutines. No
// assembly call runs longer than some 60 µs, so that a garbage collection never
// waits for one. Nothing here allocates, but for [NewWeights].
package kernels

// Package asmgen holds the avo programs that write the assembly of package
// kernels.
//
// A target says what one element type looks like on one instruction set: its lanes,
// its registers, its mnemonics. An emitter narrates a function in terms of it, so the
// same program text serves float32 and float64, AVX2 and AVX-512. What the functions
// are called with is read from kernels/signatures.go (signatures.go). Each kernel is a
// file of its own:
//
//	product.go    out = prox(base + scale·(init + A·B)) on one panel
//	outer.go      S += Q·P, the contraction over samples of a weight gradient
//	elementwise.go  maps of panels: sums, products, the gate of a prox
//	reduce.go     sums over the rows or the samples of a panel
//	exponential.go  exp; logarithm.go log; polynomial.go what they are made of
//	softmax.go    probabilities and log-normalisers of logits
//	activation.go  output activations with their derivatives
//	finite.go     a search for NaN and infinities
//	adam.go       a step of the optimiser Adam
//	transpose.go  square blocks between sample-major and panel order
//	peak.go       nothing but multiply-adds, to know the core's limit
//
// [Generate] runs them all, checks every compiled function against its target
// (check.go) and returns the files by name, two for each target; the program in
// generate/ writes them into kernels/.
package asmgen

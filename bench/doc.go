// Package bench holds benchmarks alone: this module, other ways to do the same
// work, and the processor's own limit, measured in one process.
//
//	go test -bench . ./bench
//	go test -bench 'Forward/direct/float32/avx512/J64K10' ./bench
//	go test -tags openblas -bench Forward/openblas ./bench
//	GOEXPERIMENT=simd go test -bench Forward/archsimd ./bench
//
// BenchmarkForward is the inversion z ← z − s·Wᵀ(W·z − x), N steps from z₀. Names
// are
//
//	BenchmarkForward/<form>/<type>/<isa>/J64K10N250B1000/t1
//
// with J pixels, K latents, N steps, B samples, and the number of threads. Forms
// are those of package inverse, and peers that take the steps directly:
//
//	gonum      BLAS in Go, always there
//	openblas   OpenBLAS by cgo, with the build tag openblas
//	archsimd   Go's simd/archsimd, with GOEXPERIMENT=simd, on AVX-512
//
// Metrics: GFLOP/s counts the multiplications and additions of the form's matrix
// products; peak-% is its share of what the same cores reach on multiply-adds in
// registers, on the same instruction set, or on the widest one for a peer that
// chooses for itself; ns/sample is the time divided by N·B or, for forms that take
// no steps, by B. Nothing is reported that a form has no count for.
//
// What is slow by nature is measured on the smaller shapes alone, and sizes of the
// batch other than about a thousand in single precision, on the widest instruction
// set, in the forms direct and auto: all of it takes some minutes.
//
// The directory peers compares with NumPy, PyTorch and JAX.
package bench

// Package bench holds benchmarks alone: this module, other ways to do the same
// work, and the processor's own limit, measured in one process.
//
//	go test -bench . ./bench
//	go test -bench 'Forward/direct/float32/avx512/J64K10' ./bench
//	go test -bench 'Train/auto/float32/.*/.*nonneg/t1$' ./bench
//	go test -tags openblas -bench /openblas ./bench
//	GOEXPERIMENT=simd go test -bench Forward/archsimd ./bench
//
// BenchmarkForward is the inversion z ← z − s·Wᵀ(W·z − x), N steps from z₀.
// BenchmarkTrain is a training step: the inversion, the mean softmax cross entropy
// of its logits, the exact gradient through all N steps, and the update. Its
// logits are the latents and W is all that is trained or, where the size ends in
// -nonneg, every inner step ends in max(·, 0), the generator has a bias, and the
// logits come from a linear head of C = 10 classes. Names are
//
//	BenchmarkForward/<form>/<type>/<isa>/J64K10N250B1000/t1
//	BenchmarkTrain/<form>/<type>/<isa>/J64K256N10B100-nonneg/t1
//
// with J pixels, K latents, N steps, B samples, and the number of threads. Forms
// are those of package inverse, of which auto runs one of the others, and peers
// that take the steps directly:
//
//	gonum      BLAS in Go, always there
//	openblas   OpenBLAS by cgo, with the build tag openblas
//	archsimd   Go's simd/archsimd, with GOEXPERIMENT=simd, on AVX-512; no training
//
// A weight changes before each inversion, in its last place, so that nothing of the
// call before is kept; what is kept for equal weights, BenchmarkPlanner shows.
//
// Metrics: GFLOP/s counts the multiplications and additions of the matrix products
// in the form that ran. With L = ⌊log₂N⌋ + (ones in binary N) − 1, the squarings
// and steps of the closed form's map,
//
//	          forward               training
//	direct    4·JKN·B               12·JKN·B
//	gram      (2·JK + 2·K²N)·B      (4·JK + 6·K²N)·B + 2·JK²
//	          2·JK²                 2·JK²
//	closed    2·K(J+K)·B            4·K(J+K)·B
//	          4·JK² + 4·L·K³        10·JK² + 12·L·K³
//
// where second lines are computed in float64 whatever the type is. A linear head
// adds 6·CK·B. What an implementation computes twice to save memory counts once.
//
// peak-% is the shortest time that this work could take on the same cores, at what
// they reach on multiply-adds in registers, as a share of the time that it took.
// The limit is that of the same instruction set, or of the widest one for a peer
// that chooses for itself; nothing is reported for code without kernels.
// ns/sample is the time divided by B.
//
// What is slow by nature is measured on the smaller shapes alone, narrower
// instruction sets without auto and in training in the direct form alone, and
// sizes of the batch other than about a thousand in single precision, on the
// widest instruction set, in the forms direct and auto, and on one thread where a
// panel holds them all: everything takes less than ten minutes.
//
// The directory peers compares with NumPy, PyTorch and JAX; RESULTS.md has what
// was measured.
package bench

package bench

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"

	"github.com/inversenet/inversenet/kernels"
)

func gonumSgemm(transA, transB bool, m, n, k int, alpha float32, a []float32, lda int, b []float32, ldb int, beta float32, c []float32, ldc int) {
	gonum.Implementation{}.Sgemm(transpose(transA), transpose(transB), m, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
}

func gonumDgemm(transA, transB bool, m, n, k int, alpha float64, a []float64, lda int, b []float64, ldb int, beta float64, c []float64, ldc int) {
	gonum.Implementation{}.Dgemm(transpose(transA), transpose(transB), m, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
}

// gonumSolver uses as many threads as GOMAXPROCS, which the benchmark sets.
func gonumSolver[T kernels.Float](multiply gemm[T]) solver[T] {
	return solver[T]{
		form:    "gonum",
		isa:     "gonum",
		peak:    widest[T],
		most:    1e9,
		threads: true,
		prepare: func(p *problem[T], threads int) (inversion[T], bool) {
			return gemmInversion(p, multiply), true
		},
	}
}

func gonumTrainer[T kernels.Float](multiply gemm[T]) trainer[T] {
	return trainer[T]{
		form: "gonum",
		isa:  "gonum",
		peak: widest[T],
		most: 6.5e8,
		prepare: func(p *training[T], threads int) (trainStep[T], bool) {
			return gemmTraining(p, multiply), true
		},
	}
}

func transpose(t bool) blas.Transpose {
	if t {
		return blas.Trans
	}
	return blas.NoTrans
}

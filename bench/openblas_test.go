//go:build openblas

package bench

import (
	"github.com/inversenet/inversenet/bench/openblas"
	"github.com/inversenet/inversenet/kernels"
)

func init() {
	solvers32 = append(solvers32, openblasSolver(openblas.Sgemm))
	solvers64 = append(solvers64, openblasSolver(openblas.Dgemm))
	trainers32 = append(trainers32, openblasTrainer(openblas.Sgemm))
	trainers64 = append(trainers64, openblasTrainer(openblas.Dgemm))
}

func openblasSolver[T kernels.Float](multiply gemm[T]) solver[T] {
	return solver[T]{
		form:    "openblas",
		isa:     openblas.Core(),
		peak:    widest[T],
		threads: true,
		sweep:   true,
		prepare: func(p *problem[T], threads int) (inversion[T], bool) {
			openblas.SetThreads(threads)
			return gemmInversion(p, multiply), true
		},
	}
}

func openblasTrainer[T kernels.Float](multiply gemm[T]) trainer[T] {
	return trainer[T]{
		form:    "openblas",
		isa:     openblas.Core(),
		peak:    widest[T],
		threads: true,
		sweep:   true,
		prepare: func(p *training[T], threads int) (trainStep[T], bool) {
			openblas.SetThreads(threads)
			return gemmTraining(p, multiply), true
		},
	}
}

package bench

import (
	"time"

	"github.com/inversenet/inversenet/kernels"
)

// gemm computes C = alpha·op(A)·op(B) + beta·C on row-major matrices, where C is
// m×n and the inner dimension is k.
type gemm[T kernels.Float] func(transA, transB bool, m, n, k int, alpha T, a []T, lda int, b []T, ldb int, beta T, c []T, ldc int)

// gemmInversion inverts by two calls of a BLAS for each step, in which residual
// and update are fused as far as BLAS allows:
//
//	R = x      R = W·Z − R      Z = Z − s·WᵀR
//
// Samples are rows or columns, whichever this BLAS is faster with at this shape.
func gemmInversion[T kernels.Float](p *problem[T], multiply gemm[T]) inversion[T] {
	rows, columns := gemmRows(p, multiply), gemmColumns(p, multiply)
	if fastest(rows.run) <= fastest(columns.run) {
		return rows
	}
	return columns
}

func gemmRows[T kernels.Float](p *problem[T], multiply gemm[T]) inversion[T] {
	z, r := make([]T, len(p.z0.Data)), make([]T, len(p.x.Data))
	b, j, k := p.samples, p.pixels, p.latents
	return inversion[T]{
		run: func() {
			copy(z, p.z0.Data)
			for range p.steps {
				copy(r, p.x.Data)
				multiply(false, true, b, j, k, 1, z, k, p.w.Data, k, -1, r, j)
				multiply(false, false, b, k, j, -p.step, r, j, p.w.Data, k, 1, z, k)
			}
		},
		latents: func() []T { return z },
	}
}

func gemmColumns[T kernels.Float](p *problem[T], multiply gemm[T]) inversion[T] {
	x, z0 := p.x.Transposed(), p.z0.Transposed()
	z, r := p.z0.Transposed(), make([]T, len(x.Data))
	b, j, k := p.samples, p.pixels, p.latents
	return inversion[T]{
		run: func() {
			copy(z.Data, z0.Data)
			for range p.steps {
				copy(r, x.Data)
				multiply(false, false, j, b, k, 1, p.w.Data, k, z.Data, b, -1, r, b)
				multiply(true, false, k, b, j, -p.step, p.w.Data, k, r, b, 1, z.Data, b)
			}
		},
		latents: func() []T { return z.Transposed().Data },
	}
}

// fastest is the shortest of three runs, after one to warm up.
func fastest(run func()) time.Duration {
	run()
	best := time.Duration(1<<63 - 1)
	for range 3 {
		start := time.Now()
		run()
		best = min(best, time.Since(start))
	}
	return best
}

package bench

import (
	"time"

	"github.com/inversenet/inversenet/inverse"
	"github.com/inversenet/inversenet/kernels"
)

// gemm computes C = alpha·op(A)·op(B) + beta·C on row-major matrices, where C is
// m×n and the inner dimension is k.
type gemm[T kernels.Float] func(transA, transB bool, m, n, k int, alpha T, a []T, lda int, b []T, ldb int, beta T, c []T, ldc int)

// layout applies matrices to all samples by a BLAS. Samples are rows or columns:
// which is faster depends on the BLAS and the shape.
type layout[T kernels.Float] struct {
	multiply gemm[T]
	samples  int
	columns  bool
}

// arrange copies samples that are rows into the layout.
func (l layout[T]) arrange(rows inverse.Matrix[T]) []T {
	if l.columns {
		return rows.Transposed().Data
	}
	return append([]T(nil), rows.Data...)
}

// rows is the inverse of arrange, for samples of n values.
func (l layout[T]) rows(values []T, n int) []T {
	if !l.columns {
		return values
	}
	return inverse.Matrix[T]{Rows: n, Cols: l.samples, Stride: l.samples, Data: values}.Transposed().Data
}

// apply: out = alpha·A·in + beta·out for every sample, with the m×n matrix A.
func (l layout[T]) apply(out []T, a []T, m, n int, in []T, alpha, beta T) {
	if l.columns {
		l.multiply(false, false, m, l.samples, n, alpha, a, n, in, l.samples, beta, out, l.samples)
	} else {
		l.multiply(false, true, l.samples, m, n, alpha, in, n, a, n, beta, out, m)
	}
}

// applyTransposed: out = alpha·Aᵀ·in + beta·out for every sample.
func (l layout[T]) applyTransposed(out []T, a []T, m, n int, in []T, alpha, beta T) {
	if l.columns {
		l.multiply(true, false, n, l.samples, m, alpha, a, n, in, l.samples, beta, out, l.samples)
	} else {
		l.multiply(false, false, l.samples, n, m, alpha, in, m, a, n, beta, out, n)
	}
}

// outer: out += alpha·Σ a·bᵀ over the samples, with a of m and b of n values.
func (l layout[T]) outer(out []T, a []T, m int, b []T, n int, alpha T) {
	if l.columns {
		l.multiply(false, true, m, n, l.samples, alpha, a, l.samples, b, l.samples, 1, out, n)
	} else {
		l.multiply(true, false, m, n, l.samples, alpha, a, m, b, n, 1, out, n)
	}
}

// addBias: out += bias for every sample.
func (l layout[T]) addBias(out, bias []T) {
	if l.columns {
		for i, v := range bias {
			row := out[i*l.samples : (i+1)*l.samples]
			for n := range row {
				row[n] += v
			}
		}
		return
	}
	for len(out) > 0 {
		for i, v := range bias {
			out[i] += v
		}
		out = out[len(bias):]
	}
}

// sum: total += alpha·Σ a over the samples.
func (l layout[T]) sum(total, a []T, alpha T) {
	if l.columns {
		for i := range total {
			for _, v := range a[i*l.samples : (i+1)*l.samples] {
				total[i] += alpha * v
			}
		}
		return
	}
	for len(a) > 0 {
		for i := range total {
			total[i] += alpha * a[i]
		}
		a = a[len(total):]
	}
}

// gemmInversion inverts by two calls of a BLAS for each step, in which residual
// and update are fused as far as BLAS allows:
//
//	R = x      R = W·Z − R      Z = Z − s·WᵀR
func gemmInversion[T kernels.Float](p *problem[T], multiply gemm[T]) inversion[T] {
	rows := gemmInversionIn(p, layout[T]{multiply, p.samples, false})
	columns := gemmInversionIn(p, layout[T]{multiply, p.samples, true})
	if fastest(rows.run) <= fastest(columns.run) {
		return rows
	}
	return columns
}

func gemmInversionIn[T kernels.Float](p *problem[T], l layout[T]) inversion[T] {
	x, z0 := l.arrange(p.x), l.arrange(p.z0)
	z, r := make([]T, len(z0)), make([]T, len(x))
	j, k := p.pixels, p.latents
	return inversion[T]{
		run: func() {
			copy(z, z0)
			for range p.steps {
				copy(r, x)
				l.apply(r, p.w.Data, j, k, z, 1, -1)
				l.applyTransposed(z, p.w.Data, j, k, r, -p.step, 1)
			}
		},
		latents: func() []T { return l.rows(z, k) },
		ran:     inverse.DirectForm,
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

//go:build openblas

// Package openblas calls the matrix product of OpenBLAS, which is found by
// pkg-config. It exists with the build tag openblas alone.
package openblas

// #cgo pkg-config: openblas
// #include <stdlib.h>
// #include <cblas.h>
import "C"

import "strings"

// SetThreads sets the number of threads of all products to come.
func SetThreads(n int) { C.openblas_set_num_threads(C.int(n)) }

// Core is the name of the processor that the library chose its kernels for, in
// lower case.
func Core() string { return strings.ToLower(C.GoString(C.openblas_get_corename())) }

// Version describes the library.
func Version() string { return C.GoString(C.openblas_get_config()) }

// Sgemm computes C = alpha·op(A)·op(B) + beta·C on row-major matrices, where C is
// m×n, the inner dimension is k, and op transposes where it is told to. It trusts
// the lengths of the slices.
func Sgemm(transA, transB bool, m, n, k int, alpha float32, a []float32, lda int, b []float32, ldb int, beta float32, c []float32, ldc int) {
	C.cblas_sgemm(C.CblasRowMajor, transpose(transA), transpose(transB), C.blasint(m), C.blasint(n), C.blasint(k),
		C.float(alpha), (*C.float)(&a[0]), C.blasint(lda), (*C.float)(&b[0]), C.blasint(ldb),
		C.float(beta), (*C.float)(&c[0]), C.blasint(ldc))
}

// Dgemm is [Sgemm] in double precision.
func Dgemm(transA, transB bool, m, n, k int, alpha float64, a []float64, lda int, b []float64, ldb int, beta float64, c []float64, ldc int) {
	C.cblas_dgemm(C.CblasRowMajor, transpose(transA), transpose(transB), C.blasint(m), C.blasint(n), C.blasint(k),
		C.double(alpha), (*C.double)(&a[0]), C.blasint(lda), (*C.double)(&b[0]), C.blasint(ldb),
		C.double(beta), (*C.double)(&c[0]), C.blasint(ldc))
}

func transpose(t bool) C.enum_CBLAS_TRANSPOSE {
	if t {
		return C.CblasTrans
	}
	return C.CblasNoTrans
}

//go:build amd64 && !purego && !race

package optim

import (
	"unsafe"

	"github.com/inversenet/inversenet/kernels"
)

// useAVX2 follows the choice of the kernels, which the environment may lower.
var useAVX2 = func() bool {
	isa, _ := kernels.Active()
	return isa >= kernels.AVX2
}()

// adamVectors is adamUpdate on as many elements as fill whole vectors, and tells
// how many. It does the operations of adamElements in the same order, without
// fusing any, so that the bits are the same.
func adamVectors[T Float](x, g, m, v []T, c *adamCoefficients[T]) int {
	if !useAVX2 {
		return 0
	}
	const vectorBytes = 32
	size := int(unsafe.Sizeof(c.mean))
	lanes := vectorBytes / size
	n := len(g) / lanes * lanes
	x, m, v = x[:n], m[:n], v[:n]

	// Calls of a few microseconds: a garbage collection cannot begin during one.
	const most = 1 << 14
	for i := 0; i < n; i += most {
		xs, gs, ms, vs, n := pointer(x[i:]), pointer(g[i:]), pointer(m[i:]), pointer(v[i:]), min(n-i, most)
		// Called by name: through a variable the coefficients would escape.
		if size == 4 {
			adamAVX2Float32(xs, gs, ms, vs, n, unsafe.Pointer(c))
		} else {
			adamAVX2Float64(xs, gs, ms, vs, n, unsafe.Pointer(c))
		}
	}
	return n
}

func pointer[T Float](s []T) unsafe.Pointer { return unsafe.Pointer(unsafe.SliceData(s)) }

// adamAVX2Float32 is adamUpdate on n float32, n a positive multiple of 8.
//
//go:noescape
func adamAVX2Float32(x, grad, m, v unsafe.Pointer, n int, c unsafe.Pointer)

// adamAVX2Float64 is adamUpdate on n float64, n a positive multiple of 4.
//
//go:noescape
func adamAVX2Float64(x, grad, m, v unsafe.Pointer, n int, c unsafe.Pointer)

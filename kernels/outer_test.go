package kernels

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

func TestOuter(t *testing.T) {
	onEveryISA(t, testOuter[float32], testOuter[float64])
}

// testOuter compares with a compensated sum over samples, for all row counts up
// to two tiles and one, widths on both sides of whole vectors, any samples.
func testOuter[T Float](t *testing.T, table *Table[T]) {
	rng := rand.New(rand.NewPCG(9, 10))
	width := table.Width()
	for rows := 1; rows <= 2*table.tile+1; rows++ {
		for _, cols := range []int{1, table.lanes - 1, table.lanes, width, width + 1, 3*width + table.lanes} {
			for _, samples := range []int{1, table.lanes + 1, width} {
				stride := table.PaddedRows(cols)
				before := random[T](rng, rows*stride)
				q, p := random[T](rng, rows*width), random[T](rng, samples*stride)
				got := append([]T(nil), before...)
				table.Outer(got, q, rows, p, cols, samples)
				for k := range rows {
					for j := range stride {
						var s sum
						s.add(float64(before[k*stride+j]), 1)
						for n := range samples {
							s.add(float64(q[k*width+n]), float64(p[n*stride+j]))
						}
						what := fmt.Sprintf("%d×%d over %d samples: s[%d][%d]", rows, cols, samples, k, j)
						near(t, what, got[k*stride+j], s.total(), s.size, samples+2)
					}
				}
			}
		}
	}
}

package kernels

import (
	"math/rand/v2"
	"testing"
)

func TestPackUnpack(t *testing.T) {
	onEveryISA(t, testPackUnpack[float32], testPackUnpack[float64])
}

// testPackUnpack moves every number of samples there and back, for widths on
// both sides of whole vectors, and looks at the padding.
func testPackUnpack[T Float](t *testing.T, table *Table[T]) {
	rng := rand.New(rand.NewPCG(1, 1))
	width := table.Width()
	for samples := 1; samples <= width; samples++ {
		for cols := 1; cols <= 2*table.lanes+1; cols++ {
			stride := cols + 3
			src := random[T](rng, samples*stride)
			panel := random[T](rng, cols*width)
			table.Pack(panel, src, samples, cols, stride)
			for c := range cols {
				for n := range width {
					var want T
					if n < samples {
						want = src[n*stride+c]
					}
					if got := panel[c*width+n]; got != want {
						t.Fatalf("%d samples of %d: panel[%d][%d] = %v, want %v", samples, cols, c, n, got, want)
					}
				}
			}
			negated := random[T](rng, cols*width)
			table.PackNegated(negated, src, samples, cols, stride)
			for i, got := range negated {
				if got != -panel[i] {
					t.Fatalf("%d samples of %d: panel[%d][%d] is %v negated, want %v", samples, cols, i/width, i%width, got, -panel[i])
				}
			}
			back := random[T](rng, samples*stride)
			canary := append([]T(nil), back...)
			table.Unpack(back, panel, samples, cols, stride)
			for i, got := range back {
				want := src[i]
				if i%stride >= cols {
					want = canary[i]
				}
				if got != want {
					t.Fatalf("%d samples of %d: row %d, element %d is %v, want %v", samples, cols, i/stride, i%stride, got, want)
				}
			}
		}
	}
}

func TestSampleMajor(t *testing.T) {
	onEveryISA(t, testSampleMajor[float32], testSampleMajor[float64])
}

func testSampleMajor[T Float](t *testing.T, table *Table[T]) {
	rng := rand.New(rand.NewPCG(2, 1))
	width := table.Width()
	for rows := 1; rows <= 2*table.lanes+1; rows++ {
		for vecs := 1; vecs <= 2; vecs++ {
			stride := table.PaddedRows(rows)
			panel := random[T](rng, stride*width)
			samples := vecs * table.lanes
			dst := make([]T, samples*stride)
			table.SampleMajor(dst, panel, rows, vecs)
			for n := range samples {
				for r := range stride {
					if got, want := dst[n*stride+r], panel[r*width+n]; got != want {
						t.Fatalf("%d rows, %d vectors: dst[%d][%d] = %v, want %v", rows, vecs, n, r, got, want)
					}
				}
			}
		}
	}
}

package kernels

import (
	"fmt"
	"testing"
)

// TestPackPanels packs every run of rows of matrices stored as panels, and compares
// with what Pack makes of the same rows.
func TestPackPanels(t *testing.T) {
	table := Default[float64]()
	width := table.Width()
	for _, height := range []int{1, 5, width, 2*width + 3} {
		for _, cols := range []int{1, width - 1, width, 3*width + 1} {
			flat := make([]float64, height*cols)
			panels := make([]float64, (cols+width-1)/width*width*height)
			for i := range height {
				for j := range cols {
					v := float64(1000*i + j + 1)
					flat[i*cols+j] = v
					panels[(j/width*height+i)*width+j%width] = v
				}
			}
			for _, transposed := range []bool{false, true} {
				rows, depth := height, cols
				if transposed {
					rows, depth = cols, height
				}
				for from := range rows {
					for n := 1; from+n <= rows; n++ {
						got, want := table.NewWeights(n, depth), table.NewWeights(n, depth)
						got.PackPanels(panels, height, width, from, transposed)
						if transposed {
							want.PackTransposed(flat[from:], cols)
						} else {
							want.Pack(flat[from*cols:], cols)
						}
						if fmt.Sprint(got.data) != fmt.Sprint(want.data) {
							t.Fatalf("%d×%d, rows %d to %d, transposed %v: %v, want %v", height, cols, from, from+n, transposed, got.data, want.data)
						}
					}
				}
			}
		}
	}
	for _, c := range []struct{ height, from, length int }{{4, 2, 8 * width}, {8, -1, 8 * width}, {8, 0, 8*width - 1}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("height %d from %d with %d elements: no panic", c.height, c.from, c.length)
				}
			}()
			table.NewWeights(3, 2).PackPanels(make([]float64, c.length), c.height, width, c.from, false)
		}()
	}
}

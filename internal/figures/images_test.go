package figures

import (
	"image"
	"math"
	"slices"
	"testing"
)

// tile returns the shades of one tile, one value for each scale×scale square,
// and fails the test where a square has more than one shade.
func tile(t *testing.T, picture *image.Gray, g Grid, k int) []uint8 {
	t.Helper()
	gap := max(1, g.Scale/4)
	left := gap + k%g.Cols*(g.Width*g.Scale+gap)
	top := gap + k/g.Cols*(g.Height*g.Scale+gap)
	shades := make([]uint8, g.Height*g.Width)
	for y := range g.Height * g.Scale {
		for x := range g.Width * g.Scale {
			i := y/g.Scale*g.Width + x/g.Scale
			s := picture.GrayAt(left+x, top+y).Y
			if y%g.Scale == 0 && x%g.Scale == 0 {
				shades[i] = s
			} else if s != shades[i] {
				t.Fatalf("tile %d, pixel %d has the shades %d and %d", k, i, shades[i], s)
			}
		}
	}
	return shades
}

func TestImageGridScales(t *testing.T) {
	// Two pixels high, three wide.
	images := []float64{
		-1, -0.5, 0, 0.25, 0.5, 1,
		5, 5, 5, 5, 5, 5,
	}
	for _, scale := range []int{1, 2, 3, 16} {
		g := Grid{Height: 2, Width: 3, Rows: 1, Cols: 3, Scale: scale}
		picture := ImageGrid(images, g, 0, 0)
		gap := max(1, scale/4)
		if want := image.Pt(gap+3*(3*scale+gap), gap+2*scale+gap); picture.Rect.Size() != want {
			t.Fatalf("scale %d: %v pixels, not %v", scale, picture.Rect.Size(), want)
		}
		if got, want := tile(t, picture, g, 0), []uint8{0, 64, 128, 159, 191, 255}; !slices.Equal(got, want) {
			t.Errorf("scale %d: the first image is %v, not %v", scale, got, want)
		}
		if got, want := tile(t, picture, g, 1), []uint8{128, 128, 128, 128, 128, 128}; !slices.Equal(got, want) {
			t.Errorf("scale %d: the constant image is %v, not %v", scale, got, want)
		}
		for i, s := range tile(t, picture, g, 2) {
			if s != gapGrey {
				t.Errorf("scale %d: pixel %d of the empty tile is %d", scale, i, s)
			}
		}
		if s := picture.GrayAt(gap+3*scale, gap).Y; s != gapGrey {
			t.Errorf("scale %d: the gap between the tiles is %d", scale, s)
		}
	}
}

func TestImageGrid(t *testing.T) {
	images := []float64{0, 4, 8, 12, 16, 20, 0, -4}
	g := Grid{Height: 2, Width: 2, Rows: 2, Cols: 1, Scale: 5}
	tests := []struct {
		name      string
		low, high float64
		want      [2][]uint8
	}{
		{"own scale", 0, 0, [2][]uint8{{0, 85, 170, 255}, {213, 255, 43, 0}}},
		{"shared scale", 0, 16, [2][]uint8{{0, 64, 128, 191}, {255, 255, 0, 0}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			picture := ImageGrid(images, g, test.low, test.high)
			for k, want := range test.want {
				if got := tile(t, picture, g, k); !slices.Equal(got, want) {
					t.Errorf("image %d is %v, not %v", k, got, want)
				}
			}
		})
	}
}

func TestImageGridDrawsWhatIsNotFinite(t *testing.T) {
	g := Grid{Height: 1, Width: 5, Rows: 1, Cols: 1, Scale: 2}
	values := []float64{math.NaN(), math.Inf(-1), 0, 1, math.Inf(1)}
	got := tile(t, ImageGrid(values, g, 0, 0), g, 0)
	if want := []uint8{0, 0, 0, 255, 255}; !slices.Equal(got, want) {
		t.Errorf("%v became %v, not %v", values, got, want)
	}
	values = []float64{-math.MaxFloat64, 0, 0, 0, math.MaxFloat64}
	got = tile(t, ImageGrid(values, g, 0, 0), g, 0)
	if want := []uint8{0, 128, 128, 128, 255}; !slices.Equal(got, want) {
		t.Errorf("%v became %v, not %v", values, got, want)
	}
}

func TestGridsRefuse(t *testing.T) {
	w := make([]float64, 64*10)
	tests := map[string]func(){
		"no scale":         func() { ImageGrid(w, Grid{8, 8, 2, 5, 0}, 0, 0) },
		"part of an image": func() { ImageGrid(w[1:], Grid{8, 8, 2, 5, 1}, 0, 0) },
		"no height":        func() { ImageGrid(w, Grid{0, 8, 2, 5, 1}, 0, 0) },
		"too many images":  func() { ImageGrid(w, Grid{8, 8, 1, 9, 1}, 0, 0) },
	}
	for name, f := range tests {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			f()
		})
	}
}

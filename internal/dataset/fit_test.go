package dataset

import (
	"image"
	"image/color"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// stroke is a picture of paper with a bar of ink.
func stroke(height, width int, paper, ink uint8, at image.Rectangle) *image.Gray {
	img := image.NewGray(image.Rect(0, 0, width, height))
	for i := range img.Pix {
		img.Pix[i] = paper
	}
	for y := at.Min.Y; y < at.Max.Y; y++ {
		for x := at.Min.X; x < at.Max.X; x++ {
			img.SetGray(x, y, color.Gray{Y: ink})
		}
	}
	return img
}

func fitted(t *testing.T, img image.Image, f Frame) Dataset {
	t.Helper()
	d, err := ReadImages(put(t, filepath.Join(t.TempDir(), "x.png"), encoded(t, "png", img)), f.Shape, Greys{Fit: &f})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// However large it is, where ink stands and which colour it has, what a model is
// given is the same.
func TestFit(t *testing.T) {
	mean := make([]float64, 144) // 12×12, with ink in the middle 8×8
	for i := 2; i < 10; i++ {
		for j := 2; j < 10; j++ {
			mean[12*i+j] = 1
		}
	}
	frame := NewFrame(Shape{12, 12}, mean)
	for _, c := range []struct {
		name string
		img  image.Image
	}{
		{"dark on light", stroke(100, 130, 240, 20, image.Rect(60, 10, 80, 90))},
		{"light on dark", stroke(100, 130, 5, 250, image.Rect(3, 10, 23, 90))},
		{"grey on grey", stroke(100, 130, 120, 90, image.Rect(100, 15, 120, 95))},
		{"small", stroke(10, 8, 255, 0, image.Rect(1, 1, 3, 9))},
		{"in a corner", stroke(300, 200, 255, 0, image.Rect(150, 100, 199, 299))},
	} {
		d := fitted(t, c.img, frame)
		for i := range 12 {
			for j := range 12 {
				want := 0.0
				if i >= 2 && i < 10 && j >= 5 && j < 7 {
					want = 1
				}
				// The cubic reaches over two pixels, and softens edges by a sixth.
				if got := d.X[12*i+j]; math.Abs(got-want) > 0.2 {
					t.Errorf("%s: pixel %d,%d is %.2f, want %v", c.name, i, j, got, want)
				}
			}
		}
	}
	// A model of dark ink is given dark ink.
	for i := range mean {
		mean[i] = 1 - mean[i]
	}
	d := fitted(t, stroke(100, 130, 5, 250, image.Rect(3, 10, 23, 90)), NewFrame(Shape{12, 12}, mean))
	if math.Abs(d.X[0]-1) > 0.1 || d.X[12*6+5] > 0.1 {
		t.Errorf("paper is %v and ink %v, want 1 and 0", d.X[0], d.X[12*6+5])
	}
}

// Without a mean image, ink may be anywhere.
func TestFitIntoAnyFrame(t *testing.T) {
	for _, mean := range [][]float64{nil, make([]float64, 16), {1, 2}} {
		d := fitted(t, stroke(20, 20, 255, 0, image.Rect(4, 4, 16, 16)), NewFrame(Shape{4, 4}, mean))
		if slices.Min(d.X) < 0.8 {
			t.Errorf("%v, want a square of ink", d.X)
		}
	}
}

// What fits already is not changed.
func TestFitKeeps(t *testing.T) {
	img := stroke(8, 8, 0, 255, image.Rect(3, 0, 5, 8))
	img.SetGray(4, 3, color.Gray{Y: 100})
	img.SetGray(2, 7, color.Gray{Y: 200})
	d := fitted(t, img, NewFrame(Shape{8, 8}, nil))
	moved := 0
	for i, v := range d.X {
		if math.Abs(v-float64(img.Pix[i])/255) > 0.5 {
			moved++
		}
	}
	if moved > 0 {
		t.Errorf("%d pixels differ: %.1f", moved, d.X)
	}
}

func TestFitRefusesPaper(t *testing.T) {
	f := NewFrame(Shape{8, 8}, nil)
	for _, size := range [][2]int{{1, 1}, {1, 9}, {50, 50}} {
		path := put(t, filepath.Join(t.TempDir(), "x.png"), encoded(t, "png", stroke(size[0], size[1], 200, 0, image.Rectangle{})))
		if _, err := ReadImages(path, f.Shape, Greys{Fit: &f}); err == nil || !strings.Contains(err.Error(), "x.png: no ink is found") {
			t.Errorf("%v: error %v", size, err)
		}
	}
}

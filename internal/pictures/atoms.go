package pictures

import (
	"fmt"
	"image"
	"image/color"
	"math"
)

// gap is what shows between tiles.
var gap = color.NRGBA{0xe8, 0xe8, 0xe8, 0xff}

// Atoms draws the columns of the row-major pixels×count matrix w as images, in a
// grid of the given columns that is filled row by row: white is zero, blue what an
// atom adds and orange what it takes away. Each atom has a scale of its own, the
// same on both sides of zero, so that zero looks the same in all of them. It
// panics when w is not of that size or columns or scale are below one.
func Atoms(w []float64, s Shape, count, columns, scale int) *image.NRGBA {
	if s.Height < 1 || s.Width < 1 || count < 1 || len(w) != s.pixels()*count || columns < 1 || scale < 1 {
		panic(fmt.Sprintf("pictures: Atoms: %d values for %d atoms of %d×%d in %d columns at scale %d",
			len(w), count, s.Height, s.Width, columns, scale))
	}
	rows := (count + columns - 1) / columns
	space := max(1, scale/3)
	stepX, stepY := s.Width*scale+space, s.Height*scale+space
	picture := image.NewNRGBA(image.Rect(0, 0, space+columns*stepX, space+rows*stepY))
	for y := range picture.Rect.Max.Y {
		for x := range picture.Rect.Max.X {
			picture.SetNRGBA(x, y, gap)
		}
	}
	for k := range count {
		left, top := space+k%columns*stepX, space+k/columns*stepY
		paintAtom(picture, image.Pt(left, top), w, s, k, count, scale)
	}
	return picture
}

func paintAtom(picture *image.NRGBA, at image.Point, w []float64, s Shape, k, count, scale int) {
	largest := 0.0
	for p := range s.pixels() {
		if v := math.Abs(w[p*count+k]); v <= math.MaxFloat64 {
			largest = max(largest, v)
		}
	}
	for y := range s.Height * scale {
		for x := range s.Width * scale {
			v := w[(y/scale*s.Width+x/scale)*count+k]
			picture.SetNRGBA(at.X+x, at.Y+y, signed(2*level(v, -largest, largest)-1))
		}
	}
}

// AtomColumns is a number of columns that lays count images out well: a few of
// them two and a half times as wide as high, many in a square.
func AtomColumns(count int) int {
	if count <= 20 {
		return max(1, min(count, int(math.Ceil(math.Sqrt(2.5*float64(count))))))
	}
	return int(math.Ceil(math.Sqrt(float64(count))))
}

package figures

import (
	"fmt"
	"image"
	"image/color"
	"math"
)

// gapGrey is the shade between tiles and of tiles without an image.
const gapGrey = 0xe8

// Grid says how small images are laid out on a large one.
type Grid struct {
	Height, Width int // of one image, in its own pixels
	Rows, Cols    int // of the grid, filled row by row
	Scale         int // edge of the square that one pixel becomes
}

// ImageGrid draws the rows of images, each Height·Width values row-major, in the
// grid g, filled row by row: every pixel becomes a square, and a thin light gap
// surrounds every image. With low < high all images share one scale, black at low
// and white at high; with low = high = 0 each has its own, from its minimum to its
// maximum, and an image of one value is mid-grey. A value that is not finite is drawn
// like the nearer end (NaN as the minimum).
//
// It panics if a size is below one, if images is not a whole number of images, or
// if there are more of them than tiles.
func ImageGrid(images []float64, g Grid, low, high float64) *image.Gray {
	pixels := g.Height * g.Width
	if pixels <= 0 || len(images)%pixels != 0 {
		panic(fmt.Sprintf("figures: ImageGrid: %d values are not a whole number of %d×%d images",
			len(images), g.Height, g.Width))
	}
	at := func(k, pixel int) float64 { return images[k*pixels+pixel] }
	count := len(images) / pixels
	if min(g.Height, g.Width, g.Rows, g.Cols, g.Scale) < 1 || count > g.Rows*g.Cols {
		panic(fmt.Sprintf("figures: ImageGrid: %d images of %d×%d do not fit a grid of %d×%d at scale %d",
			count, g.Height, g.Width, g.Rows, g.Cols, g.Scale))
	}
	return g.draw(count, at, low, high)
}

// draw paints count images, of which at(k, pixel) are the values.
func (g Grid) draw(count int, at func(k, pixel int) float64, low, high float64) *image.Gray {
	gap := max(1, g.Scale/4)
	tileW, tileH := g.Width*g.Scale, g.Height*g.Scale
	picture := image.NewGray(image.Rect(0, 0, gap+g.Cols*(tileW+gap), gap+g.Rows*(tileH+gap)))
	for i := range picture.Pix {
		picture.Pix[i] = gapGrey
	}
	for k := range count {
		left, top := gap+k%g.Cols*(tileW+gap), gap+k/g.Cols*(tileH+gap)
		black, white := low, high
		if low == high {
			black, white = bounds(g.Height*g.Width, k, at)
		}
		for y := range tileH {
			for x := range tileW {
				value := at(k, y/g.Scale*g.Width+x/g.Scale)
				picture.SetGray(left+x, top+y, color.Gray{Y: shade(value, black, white)})
			}
		}
	}
	return picture
}

// bounds returns the least and the greatest finite value of image k.
func bounds(pixels, k int, at func(k, pixel int) float64) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for pixel := range pixels {
		if v := at(k, pixel); !math.IsNaN(v) && !math.IsInf(v, 0) {
			low, high = min(low, v), max(high, v)
		}
	}
	return low, high
}

// shade maps black..white to 0..255.
func shade(value, black, white float64) uint8 {
	switch {
	case !(black < white):
		return 128
	case value >= white:
		return 255
	case !(value > black):
		return 0
	}
	// Halves keep the difference of two huge numbers finite.
	fraction := (value/2 - black/2) / (white/2 - black/2)
	return uint8(math.Round(255 * fraction))
}

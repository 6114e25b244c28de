package figures

import (
	"fmt"
	"image"
	"math"
)

// Shape is the height and width of an image whose pixels are listed row by row.
type Shape struct{ Height, Width int }

func (s Shape) pixels() int { return s.Height * s.Width }

// TileScale makes an image about 120 points large.
func (s Shape) TileScale() int { return max(1, 120/max(s.Height, s.Width)) }

// check panics unless values are one image.
func (s Shape) check(caller string, values []float64) {
	if s.Height < 1 || s.Width < 1 || len(values) != s.pixels() {
		panic(fmt.Sprintf("figures: %s: %d values for an image of %d×%d", caller, len(values), s.Height, s.Width))
	}
}

// span is the least and the greatest finite value, or 0 and 0 where there is none.
func span(values []float64) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, v := range values {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			low, high = min(low, v), max(high, v)
		}
	}
	if low > high {
		return 0, 0
	}
	return low, high
}

// level is where v lies between low and high, from 0 to 1; NaN is at 0, and all of
// an image of one value in the middle.
func level(v, low, high float64) float64 {
	switch {
	case math.IsNaN(v) || v == math.Inf(-1):
		return 0
	case v == math.Inf(1):
		return 1
	case !(low < high):
		return 0.5
	}
	// The halves keep the difference of huge values finite.
	return min(max((v/2-low/2)/(high/2-low/2), 0), 1)
}

// Tile draws one image in grey, black at low and white at high, with squares of
// scale×scale for pixels. With low = high the image's own span is taken. It panics
// when values are not one image or scale is below one.
func Tile(values []float64, s Shape, low, high float64, scale int) *image.Gray {
	s.check("Tile", values)
	if scale < 1 {
		panic(fmt.Sprintf("figures: Tile: squares of %d pixels", scale))
	}
	if low == high {
		low, high = span(values)
	}
	tile := image.NewGray(image.Rect(0, 0, s.Width*scale, s.Height*scale))
	for y := range s.Height * scale {
		for x := range s.Width * scale {
			v := values[y/scale*s.Width+x/scale]
			tile.Pix[y*tile.Stride+x] = uint8(math.Round(255 * level(v, low, high)))
		}
	}
	return tile
}

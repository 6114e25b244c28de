package dataset

import (
	"fmt"
	"math"
)

// guessKind decides whether rows without a shape of their own are images. They are
// where the pixels make a square and look like pixels; else they are a table.
func (d *Dataset) guessKind() {
	d.Shape, d.Kind = Shape{1, d.Pixels}, fmt.Sprintf("rows of %d numbers", d.Pixels)
	side := int(math.Round(math.Sqrt(float64(d.Pixels))))
	const least = 7 // smaller squares are tables more often than images
	if side < least || side*side != d.Pixels {
		return
	}
	if top, ok := d.looksLikePixels(); ok {
		d.Shape = Shape{side, side}
		d.Kind = fmt.Sprintf("images of %d×%d, for rows have %d whole numbers from 0 to %g; --image 1x%d says otherwise", side, side, d.Pixels, top, d.Pixels)
	}
}

// looksLikePixels wants whole numbers from 0 on, and half of the columns that vary
// to reach half of the largest: columns of a table seldom share a range.
func (d *Dataset) looksLikePixels() (top float64, ok bool) {
	largest := make([]float64, d.Pixels)
	for i, v := range d.X {
		if v < 0 || v != math.Trunc(v) {
			return 0, false
		}
		j := i % d.Pixels
		largest[j] = max(largest[j], v)
		top = max(top, v)
	}
	varying, high := 0, 0
	for _, v := range largest {
		if v > 0 {
			varying++
		}
		if v > 0 && v >= top/2 {
			high++
		}
	}
	return top, top > 0 && 2*high >= varying
}

// IsTable reports whether rows are no images.
func (d *Dataset) IsTable() bool { return d.Shape.Height == 1 || d.Shape.Width == 1 }

package distort

import (
	"math"
	"math/rand/v2"
)

// fixed is a coordinate in units of 2⁻³² pixels. Sums of fixed are exact, so that
// a whole shift stays whole along a row.
type fixed = int64

const one fixed = 1 << 32

func toFixed(x float64) fixed { return fixed(math.RoundToEven(x * float64(one))) }

// affine takes pixel (x, y) of the result to (x0 + x·xx + y·xy, y0 + x·yx + y·yy)
// of the original, both counted from the first pixel of its frame.
type affine struct {
	x0, xx, xy fixed
	y0, yx, yy fixed
}

// draw makes the map of one image.
func (d *Distorter[T]) draw(rng *rand.Rand) affine {
	s := &d.settings
	even := func(v float64) float64 { return v * (2*rng.Float64() - 1) }
	xx, yy := 1+even(s.Scale), 1+even(s.Scale)
	xy, yx := even(s.Shear), even(s.Shear)
	angle := even(s.Rotation)
	tx, ty := even(s.Shift), even(s.Shift)
	if angle != 0 {
		sin, cos := math.Sincos(angle)
		xx, yx = cos*xx-sin*yx, sin*xx+cos*yx
		xy, yy = cos*xy-sin*yy, sin*xy+cos*yy
	}
	return d.about(xx, xy, yx, yy, tx, ty)
}

// about makes the map with the given matrix that takes the image's centre to
// itself but for a shift (tx, ty).
func (d *Distorter[T]) about(xx, xy, yx, yy, tx, ty float64) affine {
	cx, cy := float64(d.width-1)/2, float64(d.height-1)/2
	frame := float64(d.frame)
	return affine{
		toFixed(frame + cx + tx - (xx*cx + xy*cy)), toFixed(xx), toFixed(xy),
		toFixed(frame + cy + ty - (yx*cx + yy*cy)), toFixed(yx), toFixed(yy),
	}
}

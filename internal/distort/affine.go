package distort

import (
	"math"
	"math/rand/v2"

	"github.com/inversenet/inversenet/internal/portable"
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

// draw makes the map of one image. It is the same on every architecture: no product
// is fused into a sum, see package portable.
func (d *Distorter[T]) draw(rng *rand.Rand) affine {
	s := &d.settings
	even := func(v float64) float64 { return float64(v * (2*rng.Float64() - 1)) } // the first product is exact
	xx, yy := 1+even(s.Scale), 1+even(s.Scale)
	xy, yx := even(s.Shear), even(s.Shear)
	angle := even(s.Rotation)
	tx, ty := even(s.Shift), even(s.Shift)
	if angle != 0 {
		sin, cos := portable.Sincos(angle)
		turn := func(x, y float64) (float64, float64) {
			return float64(cos*x) - float64(sin*y), float64(sin*x) + float64(cos*y)
		}
		xx, yx = turn(xx, yx)
		xy, yy = turn(xy, yy)
	}
	return d.about(xx, xy, yx, yy, tx, ty)
}

// about makes the map with the given matrix that takes the image's centre to
// itself but for a shift (tx, ty).
func (d *Distorter[T]) about(xx, xy, yx, yy, tx, ty float64) affine {
	cx, cy := float64(float64(d.width-1)/2), float64(float64(d.height-1)/2)
	frame := float64(d.frame)
	return affine{
		toFixed(frame + cx + tx - (float64(xx*cx) + float64(xy*cy))), toFixed(xx), toFixed(xy),
		toFixed(frame + cy + ty - (float64(yx*cx) + float64(yy*cy))), toFixed(yx), toFixed(yy),
	}
}

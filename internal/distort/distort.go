// Package distort draws small random affine distortions of images, so that a
// model sees each of its training images a little differently every time.
//
// Pixel (x, y) of a distorted image is the value of the original, interpolated
// between its pixels and zero around them, at
//
//	c + R(φ)·(1+s₁  h₁ ; h₂  1+s₂)·((x, y) − c) + t
//
// with c the image's centre. The stretches s, the shears h, the angle φ and the
// shift t are drawn anew for each image, each evenly from the range that
// [Settings] give. Images are rows of pixels, one image after another.
package distort

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// Float is an element type of images.
type Float interface{ float32 | float64 }

// Settings are the largest distortions; each is drawn evenly from [−v, v]. The
// zero value leaves images as they are.
type Settings struct {
	Scale    float64 // stretch along each axis on its own, a fraction below 1
	Shear    float64 // along each axis on its own, pixels a pixel, at most 1
	Rotation float64 // radians, at most π
	Shift    float64 // pixels along each axis
	Bicubic  bool    // interpolate by R. Keys' cubic, which keeps edges and may overshoot
}

// maxSide is the largest width and height, and the largest shift.
const maxSide = 1 << 15

func (s Settings) validate() error {
	for _, c := range []struct {
		name   string
		v, max float64
	}{
		{"Scale", s.Scale, math.Nextafter(1, 0)},
		{"Shear", s.Shear, 1},
		{"Rotation", s.Rotation, math.Pi},
		{"Shift", s.Shift, maxSide},
	} {
		if !(c.v >= 0 && c.v <= c.max) {
			return fmt.Errorf("distort: %s is %v, want a number from 0 to %.6g", c.name, c.v, c.max)
		}
	}
	return nil
}

// A Distorter distorts images of one size. It is for one goroutine at a time.
type Distorter[T Float] struct {
	settings      Settings
	height, width int

	// The image being distorted, in a frame of zeros.
	frame  int // pixels on each side
	stride int
	padded []T
}

// New makes a Distorter for images of height×width pixels. It returns an error
// when a setting is out of its range or a side is not in 1 to 32768.
func New[T Float](height, width int, s Settings) (*Distorter[T], error) {
	if err := s.validate(); err != nil {
		return nil, err
	}
	if height < 1 || width < 1 || height > maxSide || width > maxSide {
		return nil, fmt.Errorf("distort: images of %d×%d pixels, want sides from 1 to %d", height, width, maxSide)
	}
	// As far as an interpolation that touches the image reads beyond it.
	frame := 1
	if s.Bicubic {
		frame = 3
	}
	stride := width + 2*frame
	padded := make([]T, (height+2*frame)*stride)
	return &Distorter[T]{s, height, width, frame, stride, padded}, nil
}

// Apply distorts the first rows images of src into dst, each by its own draw from
// rng. The result is a function of src and the state of rng; the same number of
// draws is taken whatever the settings, seven for each image. dst and src may be
// the same slice but must not overlap otherwise; they hold at least rows
// images, or Apply panics before anything is written. It allocates nothing.
func (d *Distorter[T]) Apply(dst, src []T, rows int, rng *rand.Rand) {
	size := d.height * d.width
	if rows < 0 || len(dst) < rows*size || len(src) < rows*size {
		panic(fmt.Sprintf("distort: Apply to %d images of %d pixels, with room for %d values and %d given",
			rows, size, len(dst), len(src)))
	}
	for i := range rows {
		m := d.draw(rng)
		d.load(src[i*size : (i+1)*size])
		if d.settings.Bicubic {
			d.cubic(dst[i*size:(i+1)*size], m)
		} else {
			d.linear(dst[i*size:(i+1)*size], m)
		}
	}
}

// load puts an image into the frame of zeros.
func (d *Distorter[T]) load(image []T) {
	at := d.frame*d.stride + d.frame
	for ; len(image) > 0; image = image[d.width:] {
		copy(d.padded[at:at+d.width], image)
		at += d.stride
	}
}

package dataset

import (
	"errors"
	"image"
	"image/color"
	"math"
	"slices"

	"golang.org/x/image/draw"
	"golang.org/x/image/math/f64"
)

// Frame is where a model has ink: pictures of any size are fitted into it.
type Frame struct {
	Shape
	top, left, bottom, right float64 // of the ink, bottom and right excluded
	midRow, midColumn        float64 // its centre of mass
	dark                     bool    // ink is dark on light paper
}

// NewFrame finds the frame of the mean image of what a model was trained on; where
// that tells nothing, as without one, ink may be anywhere, light on dark.
func NewFrame(s Shape, mean []float64) Frame {
	f := Frame{Shape: s, bottom: float64(s.Height), right: float64(s.Width), midRow: float64(s.Height) / 2, midColumn: float64(s.Width) / 2}
	if len(mean) != s.Height*s.Width {
		return f
	}
	ink, dark, err := separate(mean, s)
	if err != nil {
		return f
	}
	const faint = 0.02 // of the strongest
	f.dark = dark
	f.top, f.left, f.bottom, f.right = inkBox(ink, s, faint)
	f.midRow, f.midColumn = centreOfMass(ink, s)
	return f
}

// fit crops a picture of greys to its ink, scales it into the frame and centres it
// by mass. Ink is of the model's colour then.
func (f Frame) fit(grey []float64, s Shape) ([]float64, error) {
	ink, _, err := separate(grey, s)
	if err != nil {
		return nil, err
	}
	const faint = 0.25
	top, left, bottom, right := inkBox(ink, s, faint)
	scale := min((f.bottom-f.top)/(bottom-top), (f.right-f.left)/(right-left))
	row, column := centreOfMass(ink, s)
	// Where the picture's ink and its centre come to lie, inside of the frame.
	down := place(f.midRow-scale*row, scale*top, scale*bottom, f.top, f.bottom)
	across := place(f.midColumn-scale*column, scale*left, scale*right, f.left, f.right)
	fitted := transform(ink, s, f.Shape, f64.Aff3{scale, 0, across, 0, scale, down})
	if f.dark {
		for i := range fitted {
			fitted[i] = 1 - fitted[i]
		}
	}
	return fitted, nil
}

// place moves by as little as keeps from … to within low … high.
func place(by, from, to, low, high float64) float64 {
	return max(low-from, min(high-to, by))
}

// separate tells ink, from 0 to 1, from paper, which the border shows.
func separate(grey []float64, s Shape) (ink []float64, dark bool, err error) {
	border := borderOf(grey, s)
	paper := median(border)
	for i, v := range border {
		border[i] = math.Abs(v - paper)
	}
	noise := 4 * 1.4826 * median(border) // four deviations, where noise is normal
	var light, darkness float64
	ink = make([]float64, len(grey))
	for i, v := range grey {
		d := v - paper
		ink[i] = d
		if d > noise {
			light += d * d
		} else if d < -noise {
			darkness += d * d
		}
	}
	dark = darkness > light
	strongest := 0.0
	for i, d := range ink {
		if dark {
			d = -d
		}
		if d <= noise {
			d = 0
		}
		ink[i] = d
		strongest = max(strongest, d)
	}
	if strongest == 0 {
		return nil, false, errors.New("no ink is found in it: all of it is as its border")
	}
	sorted := slices.Clone(ink)
	slices.Sort(sorted)
	sorted = sorted[slices.IndexFunc(sorted, func(v float64) bool { return v > 0 }):]
	full := sorted[len(sorted)*9/10] // what most of a stroke reaches
	for i := range ink {
		ink[i] = min(1, ink[i]/full)
	}
	return ink, dark, nil
}

func borderOf(grey []float64, s Shape) (border []float64) {
	for i := range s.Height {
		for j := range s.Width {
			if i == 0 || j == 0 || i == s.Height-1 || j == s.Width-1 {
				border = append(border, grey[i*s.Width+j])
			}
		}
	}
	return border
}

func median(values []float64) float64 {
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	return sorted[len(sorted)/2]
}

// inkBox bounds the ink that is stronger than faint.
func inkBox(ink []float64, s Shape, faint float64) (top, left, bottom, right float64) {
	top, left = math.Inf(1), math.Inf(1)
	for i, v := range ink {
		if v > faint {
			r, c := float64(i/s.Width), float64(i%s.Width)
			top, left = min(top, r), min(left, c)
			bottom, right = max(bottom, r+1), max(right, c+1)
		}
	}
	return top, left, bottom, right
}

func centreOfMass(ink []float64, s Shape) (row, column float64) {
	var mass float64
	for i, v := range ink {
		row += v * (float64(i/s.Width) + 0.5)
		column += v * (float64(i%s.Width) + 0.5)
		mass += v
	}
	return row / mass, column / mass
}

// transform draws ink into a picture of another shape, interpolated by cubics that
// average where it becomes smaller.
func transform(ink []float64, from, to Shape, at f64.Aff3) []float64 {
	src := image.NewGray16(image.Rect(0, 0, from.Width, from.Height))
	for i, v := range ink {
		src.SetGray16(i%from.Width, i/from.Width, color.Gray16{Y: uint16(math.Round(0xffff * v))})
	}
	dst := image.NewRGBA64(image.Rect(0, 0, to.Width, to.Height))
	draw.CatmullRom.Transform(dst, at, src, src.Bounds(), draw.Src, nil)
	out := make([]float64, to.Height*to.Width)
	for i := range out {
		c := dst.RGBA64At(i%to.Width, i/to.Width)
		out[i] = float64(c.R) / 0xffff // of what lies outside of the picture, 0
	}
	return out
}

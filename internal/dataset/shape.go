package dataset

import (
	"fmt"
	"math"

	"github.com/inversenet/inversenet/internal/usage"
)

// Shape is how the pixels of an observation make an image, row by row. The zero
// value stands for one that is not known. It is a flag value.
type Shape struct{ Height, Width int }

func (s Shape) String() string {
	if s.Height == 0 {
		return ""
	}
	return fmt.Sprintf("%dx%d", s.Height, s.Width)
}

// Type names the value in help texts.
func (s Shape) Type() string { return "HxW" }

// Set parses HEIGHTxWIDTH.
func (s *Shape) Set(text string) error {
	var h, w int
	var rest string
	n, _ := fmt.Sscanf(text, "%dx%d%s", &h, &w, &rest)
	if n != 2 || h < 1 || w < 1 || h > 1<<15 || w > 1<<15 {
		return fmt.Errorf("want HEIGHTxWIDTH, such as 28x28")
	}
	s.Height, s.Width = h, w
	return nil
}

// guessShape takes a square number of pixels for a square image, and any other
// for a single line.
func guessShape(pixels int) Shape {
	if side := int(math.Round(math.Sqrt(float64(pixels)))); side*side == pixels {
		return Shape{side, side}
	}
	return Shape{1, pixels}
}

// Reshape gives the observations the shape that was asked for, if one was.
func (d *Dataset) Reshape(s Shape) error {
	if s == (Shape{}) {
		return nil
	}
	if s.Height*s.Width != d.Pixels {
		return usage.Errorf("--image %v: has %d pixels, the rows of %s have %d", s, s.Height*s.Width, d.Name, d.Pixels)
	}
	d.Shape = s
	return nil
}

package dataset

import (
	"fmt"

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

// Reshape gives the observations the shape that was asked for, if one was.
func (d *Dataset) Reshape(s Shape) error {
	if s == (Shape{}) {
		return nil
	}
	if s.Height*s.Width != d.Pixels {
		return usage.Errorf("--image %v: has %d pixels, the rows of %s have %d", s, s.Height*s.Width, d.Name, d.Pixels)
	}
	d.Shape, d.Kind = s, fmt.Sprintf("images of %d×%d, as --image says", s.Height, s.Width)
	if d.IsTable() {
		d.Kind = fmt.Sprintf("rows of %d numbers, as --image says", d.Pixels)
	}
	return nil
}

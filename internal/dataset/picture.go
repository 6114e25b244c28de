package dataset

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	_ "image/gif" // formats that are read
	_ "image/jpeg"
	_ "image/png"
	"io"
	"os"
)

// Limits of an image file, far above what models read.
const (
	maxImageBytes  = 256 << 20
	maxImagePixels = 1 << 26
)

// errShape is the error of an image of another shape.
var errShape = errors.New("another shape")

type shapeError struct{ is, want Shape }

func (e shapeError) Error() string {
	return fmt.Sprintf("an image of %d×%d pixels (height×width), want %d×%d", e.is.Height, e.is.Width, e.want.Height, e.want.Width)
}

func (e shapeError) Is(err error) bool { return err == errShape }

// readGrey reads an image as greys from 0 to 1, the right way up. It must have the
// given shape, if that is known; its size is known before memory is set aside.
func readGrey(path string, want Shape) ([]float64, Shape, error) {
	raw, err := readLimited(path)
	if err != nil {
		return nil, want, err
	}
	config, format, err := image.DecodeConfig(bytes.NewReader(raw))
	if err != nil {
		return nil, want, fmt.Errorf("not an image that can be read: %w", err)
	}
	turn := orientation(raw, format)
	shape := Shape{config.Height, config.Width}
	if turn.swaps() {
		shape = Shape{config.Width, config.Height}
	}
	if want != (Shape{}) && shape != want {
		return nil, want, shapeError{shape, want}
	}
	if shape.Height < 1 || shape.Width < 1 || shape.Height > maxImagePixels/shape.Width {
		return nil, want, fmt.Errorf("an image of %d×%d pixels, want at most %d of them", shape.Height, shape.Width, maxImagePixels)
	}
	img, _, err := image.Decode(bytes.NewReader(raw))
	if err != nil {
		return nil, want, err
	}
	return turn.greys(greysOf(img), shape), shape, nil
}

func readLimited(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	raw, err := io.ReadAll(io.LimitReader(file, maxImageBytes+1))
	if err == nil && len(raw) > maxImageBytes {
		err = fmt.Errorf("it has more than %d bytes", maxImageBytes)
	}
	return raw, err
}

// greysOf are the greys of an image from 0 to 1, row by row. What is transparent
// shows paper: white beneath dark ink, black beneath light ink.
func greysOf(img image.Image) []float64 {
	b := img.Bounds()
	grey, cover := make([]float64, 0, b.Dx()*b.Dy()), make([]float64, 0, b.Dx()*b.Dy())
	var ink, covered float64
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			c := img.At(x, y)
			_, _, _, alpha := c.RGBA()
			// Gray16 is of the colour as it lies over black.
			g := float64(color.Gray16Model.Convert(c).(color.Gray16).Y) / 0xffff
			a := float64(alpha) / 0xffff
			grey, cover = append(grey, g), append(cover, a)
			ink, covered = ink+g, covered+a
		}
	}
	if ink <= covered/2 { // dark ink
		for i, a := range cover {
			grey[i] += 1 - a
		}
	}
	return grey
}

package dataset

import (
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
)

// Greys says how greys become numbers: black becomes Low, white High; where both
// are equal, 0 and 1. Negative is for dark ink on light paper.
type Greys struct {
	Low, High float64
	Negative  bool
}

// number is that of a grey from 0 to 1.
func (g Greys) number(grey float64) float64 {
	if g.Negative {
		grey = 1 - grey
	}
	if g.Low == g.High {
		return grey
	}
	return g.Low + grey*(g.High-g.Low)
}

// ReadFolder reads the PNGs of a folder, by name, which must have the given shape.
func ReadFolder(folder string, shape Shape, greys Greys) (Dataset, error) {
	d := Dataset{Name: folder, Pixels: shape.Height * shape.Width, Shape: shape, Images: true, Kind: "a folder of images"}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return d, err
	}
	for _, e := range entries {
		if e.IsDir() || !strings.EqualFold(filepath.Ext(e.Name()), ".png") {
			continue
		}
		grey, err := readGrey(filepath.Join(folder, e.Name()), shape)
		if err != nil {
			return d, err
		}
		for _, g := range grey {
			d.X = append(d.X, greys.number(g))
		}
		d.RowNames = append(d.RowNames, e.Name())
	}
	d.Rows = len(d.RowNames)
	if d.Rows == 0 {
		return d, fmt.Errorf("%s: no file in the folder ends in .png", folder)
	}
	return d, nil
}

// readGrey reads a PNG of the given shape as greys from 0 to 1. Its size is known
// before memory is set aside for it.
func readGrey(path string, shape Shape) ([]float64, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	config, err := png.DecodeConfig(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if config.Height != shape.Height || config.Width != shape.Width {
		return nil, fmt.Errorf("%s: an image of %d×%d pixels (height×width), want %d×%d as the model reads", path,
			config.Height, config.Width, shape.Height, shape.Width)
	}
	if _, err := file.Seek(0, 0); err != nil {
		return nil, err
	}
	img, err := png.Decode(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return greysOf(img), nil
}

// greysOf are the greys of an image from 0 to 1, row by row.
func greysOf(img image.Image) []float64 {
	b := img.Bounds()
	v := make([]float64, 0, b.Dx()*b.Dy())
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			v = append(v, float64(color.Gray16Model.Convert(img.At(x, y)).(color.Gray16).Y)/0xffff)
		}
	}
	return v
}

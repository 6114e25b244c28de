package cli

import (
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"

	"github.com/inversenet/inversenet/internal/modelfile"
)

// readPNGs reads the PNGs of a folder, by name, as images for a model: black
// becomes the least number of the training data, white the largest.
func readPNGs(folder string, f *modelfile.File, negative bool) (dataset, error) {
	shape := imageShape{f.ImageHeight, f.ImageWidth}
	d := dataset{name: folder, pixels: f.Pixels, imaging: shape, images: true}
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
			if negative {
				g = 1 - g
			}
			d.x = append(d.x, pixelOf(g, f))
		}
		d.rowNames = append(d.rowNames, e.Name())
	}
	d.rows = len(d.rowNames)
	if d.rows == 0 {
		return d, fmt.Errorf("%s: no file in the folder ends in .png", folder)
	}
	return d, nil
}

// pixelOf is a grey from 0 to 1 in the range of the training data, or as it is
// where the model does not know that.
func pixelOf(grey float64, f *modelfile.File) float64 {
	if f.PixelMin == f.PixelMax {
		return grey
	}
	return f.PixelMin + grey*(f.PixelMax-f.PixelMin)
}

// readGrey reads a PNG of the given shape as greys from 0 to 1. Its size is known
// before memory is set aside for it.
func readGrey(path string, shape imageShape) ([]float64, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	config, err := png.DecodeConfig(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if config.Height != shape.height || config.Width != shape.width {
		return nil, fmt.Errorf("%s: an image of %d×%d pixels (height×width), want %d×%d as the model reads", path,
			config.Height, config.Width, shape.height, shape.width)
	}
	if _, err := file.Seek(0, 0); err != nil {
		return nil, err
	}
	img, err := png.Decode(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return greys(img), nil
}

func greys(img image.Image) []float64 {
	b := img.Bounds()
	v := make([]float64, 0, b.Dx()*b.Dy())
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			v = append(v, float64(color.Gray16Model.Convert(img.At(x, y)).(color.Gray16).Y)/0xffff)
		}
	}
	return v
}

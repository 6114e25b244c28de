package dataset

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Greys says how greys become numbers: black becomes Low, white High; where both
// are equal, 0 and 1. Negative is for dark ink on light paper.
type Greys struct {
	Low, High float64
	Negative  bool
	// Fit, when not nil, is what pictures of any size and polarity are fitted into.
	Fit *Frame
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

// read reads an image of the wanted shape, or fits it into the frame.
func (g Greys) read(path string, want Shape) ([]float64, Shape, error) {
	if g.Fit == nil {
		return readGrey(path, want)
	}
	grey, shape, err := readGrey(path, Shape{})
	if err != nil {
		return nil, want, err
	}
	grey, err = g.Fit.fit(grey, shape)
	return grey, g.Fit.Shape, err
}

// imageEndings are what the names of images end in.
var imageEndings = []string{".png", ".jpg", ".jpeg", ".gif"}

// IsImages reports whether path is an image or a folder, not a file of arrays.
func IsImages(path string) bool {
	info, err := os.Stat(path)
	return err == nil && (info.IsDir() || isImageName(path))
}

func isImageName(name string) bool {
	return slices.Contains(imageEndings, strings.ToLower(filepath.Ext(name)))
}

// ReadImages reads an image, the images of a folder, by name, or those of a folder
// with a folder for each class, whose names become the labels. They must have the
// given shape, or that of the first one where it is not known.
func ReadImages(path string, shape Shape, greys Greys) (Dataset, error) {
	d := Dataset{Name: path, Shape: shape, Images: true}
	if info, err := os.Stat(path); err != nil {
		return d, err
	} else if !info.IsDir() {
		return d, d.readImage(path, filepath.Base(path), greys)
	}
	files, folders, err := listImages(path)
	if err != nil {
		return d, err
	}
	if len(files) > 0 {
		d.Kind = "images in a folder"
		return d, d.readImages(path, "", files, greys)
	}
	d.Kind, d.LabelSource, d.Labels = "images in a folder for each class", "the names of folders", []int{}
	for _, folder := range folders {
		files, _, err := listImages(filepath.Join(path, folder))
		if err != nil {
			return d, err
		}
		if len(files) == 0 {
			continue
		}
		for range files {
			d.Labels = append(d.Labels, len(d.LabelNames))
		}
		d.LabelNames = append(d.LabelNames, folder)
		if err := d.readImages(path, folder, files, greys); err != nil {
			return d, err
		}
	}
	if d.Rows == 0 {
		return d, fmt.Errorf("%s: no file in the folder ends in %s, nor in a folder of it", path, strings.Join(imageEndings, ", "))
	}
	return d, nil
}

// listImages lists the images and the folders in a folder, by name.
func listImages(folder string) (files, folders []string, err error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, nil, err
	}
	for _, e := range entries {
		switch name := e.Name(); {
		case strings.HasPrefix(name, "."):
		case e.IsDir():
			folders = append(folders, name)
		case isImageName(name):
			files = append(files, name)
		}
	}
	return files, folders, nil
}

func (d *Dataset) readImages(root, folder string, files []string, greys Greys) error {
	for _, name := range files {
		if err := d.readImage(filepath.Join(root, folder, name), filepath.Join(folder, name), greys); err != nil {
			return err
		}
	}
	return nil
}

// readImage appends a row, of the given name.
func (d *Dataset) readImage(path, name string, greys Greys) error {
	grey, shape, err := greys.read(path, d.Shape)
	if errors.Is(err, errShape) {
		why := "as the model reads"
		if d.Rows > 0 {
			why = "as " + d.RowNames[0] + " has"
		}
		return fmt.Errorf("%s: %w %s", path, err, why)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	d.Shape, d.Pixels = shape, shape.Height*shape.Width
	for _, g := range grey {
		d.X = append(d.X, greys.number(g))
	}
	d.RowNames = append(d.RowNames, name)
	d.Rows++
	if d.Kind == "" {
		d.Kind = "an image"
	}
	return nil
}

// Package digits holds the 1,797 handwritten digits that the command trains
// on, so that a build needs no download.
//
// The data is the test part of "Optical Recognition of Handwritten Digits" by
// E. Alpaydin and C. Kaynak (UCI Machine Learning Repository, CC BY 4.0,
// https://archive.ics.uci.edu/dataset/80/optical+recognition+of+handwritten+digits),
// in the form in which scikit-learn ships it as load_digits (BSD-3-Clause).
package digits

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Dimensions of the data set.
const (
	Rows    = 1797        // images
	Side    = 8           // pixels along one edge of an image
	Pixels  = Side * Side // pixels of an image
	Classes = 10          // labels run over 0..Classes-1
	MaxGrey = 16          // pixels run over 0..MaxGrey, 0 being the paper
)

//go:embed digits.csv.gz
var compressed []byte

type dataset struct {
	pixels []float64
	labels []int
}

var parsed = sync.OnceValues(func() (dataset, error) {
	text, err := decompress(compressed)
	if err != nil {
		return dataset{}, fmt.Errorf("digits: %w", err)
	}
	data, err := parse(text)
	if err != nil {
		return dataset{}, fmt.Errorf("digits: %w", err)
	}
	return data, nil
})

// Load returns the images and what they show. pixels is Rows×Pixels, row-major:
// image i is pixels[i*Pixels:(i+1)*Pixels], itself Side×Side row-major from the
// top left, with whole values from 0 (paper) to MaxGrey (ink). labels[i] in
// 0..Classes-1 is the digit of image i.
//
// The slices are fresh copies that the caller may change. Load is safe for
// concurrent use. An error means that the embedded data is damaged.
func Load() (pixels []float64, labels []int, err error) {
	data, err := parsed()
	if err != nil {
		return nil, nil, err
	}
	return slices.Clone(data.pixels), slices.Clone(data.labels), nil
}

func decompress(gz []byte) (string, error) {
	r, err := gzip.NewReader(bytes.NewReader(gz))
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(r)
	return string(text), err
}

// parse reads lines of Pixels comma-separated grey values and a label.
func parse(text string) (dataset, error) {
	data := dataset{
		pixels: make([]float64, 0, Rows*Pixels),
		labels: make([]int, 0, Rows),
	}
	row := 0
	for line := range strings.Lines(text) {
		row++
		fields := strings.Split(strings.TrimRight(line, "\r\n"), ",")
		if len(fields) != Pixels+1 {
			return dataset{}, fmt.Errorf("row %d has %d fields, not %d pixels and a label", row, len(fields), Pixels)
		}
		for i, field := range fields[:Pixels] {
			grey, err := number(field, MaxGrey)
			if err != nil {
				return dataset{}, fmt.Errorf("row %d, pixel %d: %w", row, i, err)
			}
			data.pixels = append(data.pixels, float64(grey))
		}
		label, err := number(fields[Pixels], Classes-1)
		if err != nil {
			return dataset{}, fmt.Errorf("row %d, label: %w", row, err)
		}
		data.labels = append(data.labels, label)
	}
	if row != Rows {
		return dataset{}, fmt.Errorf("%d rows, not %d", row, Rows)
	}
	return data, nil
}

// number parses a whole number in 0..limit.
func number(field string, limit int) (int, error) {
	n, err := strconv.Atoi(field)
	if err != nil {
		return 0, err
	}
	if n < 0 || n > limit {
		return 0, fmt.Errorf("%d is outside 0..%d", n, limit)
	}
	return n, nil
}

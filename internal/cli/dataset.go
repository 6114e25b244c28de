package cli

import (
	"fmt"
	"math"

	"github.com/inversenet/inversenet/internal/digits"
)

// dataset is a table of observations, samples as rows, in float64 as read.
type dataset struct {
	name    string
	rows    int
	pixels  int
	x       []float64 // rows × pixels
	labels  []int     // one for each row, or nil
	imaging imageShape
	images  bool // the data came as images, not as rows of numbers
	// rowNames are the files that rows came from, or nil.
	rowNames []string
}

func embeddedDigits() (dataset, error) {
	x, labels, err := digits.Load()
	if err != nil {
		return dataset{}, err
	}
	return dataset{
		name: "digits", rows: digits.Rows, pixels: digits.Pixels, x: x, labels: labels,
		imaging: imageShape{digits.Side, digits.Side},
	}, nil
}

// slice is the rows that the flag's range names.
func (d dataset) slice(flag string, r rowRange) (dataset, error) {
	from, to, err := r.of(flag, d.rows)
	if err != nil {
		return dataset{}, err
	}
	part := d
	part.rows = to - from
	part.x = d.x[from*d.pixels : to*d.pixels]
	if d.labels != nil {
		part.labels = d.labels[from:to]
	}
	if d.rowNames != nil {
		part.rowNames = d.rowNames[from:to]
	}
	return part, nil
}

// row is the row of that number, alone.
func (d dataset) row(n int) (dataset, error) {
	if n < 0 || n >= d.rows {
		return dataset{}, usagef("--row %d: want a row from 0 to %d", n, d.rows-1)
	}
	return d.slice("row", rowRange{from: n, to: n + 1})
}

// checkLabels wants labels that a model of the given outputs can give.
func (d dataset) checkLabels(outputs int) error {
	if len(d.labels) != d.rows {
		return fmt.Errorf("%s: %d labels for %d rows, want one for each", d.name, len(d.labels), d.rows)
	}
	for i, l := range d.labels {
		if l < 0 {
			return fmt.Errorf("%s: row %d has label %d, want whole numbers from 0", d.name, i, l)
		}
		if l >= outputs {
			return usagef("%s: row %d has label %d, the model has outputs 0 to %d: want --latents %d or more", d.name, i, l, outputs-1, l+1)
		}
	}
	return nil
}

// imageShape is how the pixels of an observation make an image, row by row.
type imageShape struct{ height, width int }

func (s imageShape) String() string { return fmt.Sprintf("%dx%d", s.height, s.width) }

// guessShape takes a square number of pixels for a square image, and any other
// for a single line.
func guessShape(pixels int) imageShape {
	if side := int(math.Round(math.Sqrt(float64(pixels)))); side*side == pixels {
		return imageShape{side, side}
	}
	return imageShape{1, pixels}
}

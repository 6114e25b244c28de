// Package dataset is the data that models are trained on and read: observations
// with their labels, from files of arrays, folders of images, or built in.
package dataset

import (
	"fmt"

	"github.com/inversenet/inversenet/internal/digits"
	"github.com/inversenet/inversenet/internal/usage"
)

// Dataset is a table of observations, samples as rows, in float64 as read.
type Dataset struct {
	Name   string
	Rows   int
	Pixels int
	X      []float64 // Rows × Pixels
	Labels []int     // one for each row, or nil
	// LabelNames is nil where labels are numbers; where they are text, label i stands
	// for LabelNames[i].
	LabelNames  []string
	LabelSource string // where the labels were found, for people
	LabelTaken  bool   // the last column was taken for them, without being named
	// Split is where rows to train on end and rows to test on begin, or 0 where the
	// data does not say.
	Split  int
	Shape  Shape
	Kind   string // what rows were taken for, and why, for people
	Images bool   // the data came as images, not as rows of numbers
	// RowNames are the files that rows came from, ColumnNames and ColumnNumbers what
	// columns are called in the file, numbers from 1; nil where there is nothing to
	// say.
	RowNames, ColumnNames []string
	ColumnNumbers         []int
}

// Digits are the handwritten digits that are built in.
func Digits() (Dataset, error) {
	x, labels, err := digits.Load()
	if err != nil {
		return Dataset{}, err
	}
	return Dataset{
		Name: "digits", Rows: digits.Rows, Pixels: digits.Pixels, X: x, Labels: labels,
		Shape: Shape{digits.Side, digits.Side}, Kind: "images of 8×8",
	}, nil
}

// Slice is the rows of a range, which errors call by the name of its setting.
// It shares the memory of d.
func (d Dataset) Slice(setting string, r Range) (Dataset, error) {
	from, to, err := r.Of(setting, d.Rows)
	if err != nil {
		return Dataset{}, err
	}
	part := d
	part.Rows = to - from
	part.X = d.X[from*d.Pixels : to*d.Pixels]
	if d.Labels != nil {
		part.Labels = d.Labels[from:to]
	}
	if d.RowNames != nil {
		part.RowNames = d.RowNames[from:to]
	}
	return part, nil
}

// Row is the row of that number, alone; errors call it by the name of its setting.
func (d Dataset) Row(setting string, n int) (Dataset, error) {
	if n < 0 || n >= d.Rows {
		return Dataset{}, usage.Errorf("--%s %d: want a row from 0 to %d", setting, n, d.Rows-1)
	}
	return d.Slice(setting, Range{From: n, To: n + 1})
}

// CheckLabels wants labels that a model of the given outputs can give.
func (d Dataset) CheckLabels(outputs int) error {
	if len(d.Labels) != d.Rows {
		return fmt.Errorf("%s: %d labels for %d rows, want one for each", d.Name, len(d.Labels), d.Rows)
	}
	for i, l := range d.Labels {
		if l < 0 {
			return fmt.Errorf("%s: row %d has label %d, want whole numbers from 0", d.Name, i, l)
		}
		if l >= outputs {
			return usage.Errorf("%s: row %d has label %d, the model has outputs 0 to %d: want --latents %d or more", d.Name, i, l, outputs-1, l+1)
		}
	}
	return nil
}

// Package report writes what came of a training: a folder with the model and its
// pictures, the numbers as JSON, and one HTML page that needs nothing else: no
// network, no script, no other file. The page follows the reader's light or dark
// setting, and prints.
package report

import (
	"errors"
	"fmt"
	"time"

	"github.com/inversenet/inversenet/internal/experiment"
	"github.com/inversenet/inversenet/internal/figures"
)

// Run is what a page says about a training. Parts that are empty are left out.
type Run struct {
	Title    string
	Finished time.Time
	Command  string  // that gives this run again
	Settings []Field // recipe and what it sets
	Machine  []Field // processor, instruction set, versions
	// Results are shown large, on top.
	Results []Field
	// Loss[i] is the loss before update i, or as Steps says.
	Loss []float64
	// Accuracy holds curves over the same axis.
	Accuracy []Curve

	Shape     figures.Shape
	Atoms     []float64 // pixels × AtomCount, row by row
	AtomCount int

	Test experiment.Readings
}

// Field is a name and a value.
type Field struct{ Name, Value string }

// Curve is an accuracy, from 0 to 1, after the given numbers of updates.
type Curve struct {
	Name   string
	Steps  []int
	Values []float64
}

// check wants readings that fit each other.
func (r Run) check() error {
	t := r.Test
	n := len(t.Labels)
	if len(t.Probabilities) != n || t.Images != nil && (len(t.Images) != n || len(t.Generated) != n) {
		return fmt.Errorf("a report on %d labels with %d readings, %d images and %d generated ones",
			n, len(t.Probabilities), len(t.Images), len(t.Generated))
	}
	for i, label := range t.Labels {
		if len(t.Probabilities[i]) != len(t.Classes) || label < 0 || label >= len(t.Classes) {
			return fmt.Errorf("a report on %d classes: row %d has label %d and %d probabilities",
				len(t.Classes), i, label, len(t.Probabilities[i]))
		}
		if t.Images != nil && (len(t.Images[i]) != r.Shape.Height*r.Shape.Width || len(t.Generated[i]) != len(t.Images[i])) {
			return fmt.Errorf("a report on images of %d×%d: row %d has %d pixels and %d generated ones",
				r.Shape.Height, r.Shape.Width, i, len(t.Images[i]), len(t.Generated[i]))
		}
	}
	if r.AtomCount < 0 || len(r.Atoms) != r.AtomCount*r.Shape.Height*r.Shape.Width {
		return fmt.Errorf("a report on %d atoms of %d×%d with %d values", r.AtomCount, r.Shape.Height, r.Shape.Width, len(r.Atoms))
	}
	for _, c := range r.Accuracy {
		if len(c.Steps) != len(c.Values) {
			return errors.New("a report on the accuracy " + c.Name + " after other steps than were given")
		}
	}
	return nil
}

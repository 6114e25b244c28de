package dataset

import (
	"fmt"
	"io"
	"math"

	"github.com/inversenet/inversenet/internal/arrayfile"
	"github.com/inversenet/inversenet/internal/usage"
)

// Source says where in a data file, or beside it, samples and labels are.
type Source struct {
	LabelFile   string   // of the labels alone, or empty
	LabelColumn string   // by name, first or last; of an NPZ the array
	Array       string   // of an NPZ with several arrays, that with the samples
	Drop        []string // columns to leave out, by name or by number, from 1
}

// given reports whether anything is said.
func (s Source) given() bool {
	return s.LabelFile != "" || s.LabelColumn != "" || s.Array != "" || len(s.Drop) > 0
}

// NotForImages refuses what is said of a file of arrays where path has images.
func (s Source) NotForImages(path string) error {
	if s.given() {
		return usage.Errorf("--labels, --label-column, --array and --drop go with a file of arrays: %s has images", path)
	}
	return nil
}

// Read reads the data file at path, which is - for stdin, or gives the built-in
// digits for an empty path. A file whose rows are images of another shape than
// one line keeps it.
func (s Source) Read(path string, stdin io.Reader) (Dataset, error) {
	if path == "" {
		if s.given() {
			return Dataset{}, usage.Errorf("--labels, --label-column, --array and --drop go with DATA: the built-in digits have labels")
		}
		return Digits()
	}
	t, err := arrayfile.Read[float64](path, arrayfile.Options{
		Array:       s.Array,
		LabelColumn: s.LabelColumn,
		LabelFile:   s.LabelFile,
		Drop:        s.Drop,
		Stdin:       stdin,
	})
	if err != nil {
		return Dataset{}, err
	}
	d := Dataset{Name: path, Rows: t.Rows, Pixels: t.Columns, X: t.Samples, Labels: t.Labels,
		LabelNames: t.LabelNames, LabelSource: t.LabelSource, Split: t.Split, ColumnNames: t.Names, ColumnNumbers: t.Numbers}
	if len(t.Shape) == 2 {
		d.Shape, d.Images = Shape{t.Shape[0], t.Shape[1]}, true
		d.Kind = fmt.Sprintf("images of %d×%d, the shape of the array", t.Shape[0], t.Shape[1])
	} else {
		d.guessKind()
	}
	return d, nil
}

// Column names column j for people, as it is called in the file.
func (d *Dataset) Column(j int) string {
	n := j + 1
	if d.ColumnNumbers != nil {
		n = d.ColumnNumbers[j]
	}
	if d.ColumnNames != nil && d.ColumnNames[j] != "" {
		return fmt.Sprintf("column %d (%q)", n, d.ColumnNames[j])
	}
	return fmt.Sprintf("column %d", n)
}

// TakeLabels turns the last column into the labels.
func (d *Dataset) TakeLabels() error {
	pixels := d.Pixels - 1
	if pixels < 1 {
		return fmt.Errorf("%s: rows of 1 number, want pixels and a label", d.Name)
	}
	x, labels := make([]float64, 0, d.Rows*pixels), make([]int, d.Rows)
	for i := range d.Rows {
		row := d.X[i*d.Pixels : (i+1)*d.Pixels]
		label := row[pixels]
		if label < 0 || label > math.MaxUint16 || label != math.Trunc(label) {
			return fmt.Errorf("%s: row %d ends with %v, want a label there, a whole number from 0 to %d; or name the label's place with --label-column or --labels",
				d.Name, i, label, math.MaxUint16)
		}
		x, labels[i] = append(x, row[:pixels]...), int(label)
	}
	d.LabelSource, d.LabelTaken = d.Column(pixels), true
	if d.ColumnNames != nil {
		d.ColumnNames = d.ColumnNames[:pixels]
	}
	if d.ColumnNumbers != nil {
		d.ColumnNumbers = d.ColumnNumbers[:pixels]
	}
	d.X, d.Labels, d.Pixels = x, labels, pixels
	d.guessKind()
	return nil
}

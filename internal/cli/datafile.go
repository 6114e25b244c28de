package cli

import (
	"fmt"
	"io"
	"math"

	"github.com/spf13/pflag"

	"github.com/inversenet/inversenet/internal/arrayfile"
)

// dataOptions say how to read a data file.
type dataOptions struct {
	labelFile   string
	labelColumn string
	array       string
}

func (o *dataOptions) flags(f *pflag.FlagSet) {
	f.StringVar(&o.labelFile, "labels", "", "`FILE` of the labels, one for each row, if they are not in DATA")
	f.StringVar(&o.labelColumn, "label-column", "", "`COLUMN` of the labels by name, first or last; of an NPZ the array (default last)")
	f.StringVar(&o.array, "array", "", "of an NPZ with several arrays, the `NAME` of that with the samples")
}

// dataHelp says in a command's help what DATA can be.
const dataHelp = `DATA is a CSV, NPY, NPZ or IDX (MNIST) file, also gzipped, or - for standard
input: one sample in each row, its pixels as numbers.`

// read reads the data file, or gives the built-in digits for an empty path. A
// file whose rows are images of another shape than one line keeps it.
func (o dataOptions) read(path string, stdin io.Reader) (dataset, error) {
	if path == "" {
		if o != (dataOptions{}) {
			return dataset{}, usagef("--labels, --label-column and --array go with DATA: the built-in digits have labels")
		}
		return embeddedDigits()
	}
	t, err := arrayfile.Read[float64](path, arrayfile.Options{
		Array:       o.array,
		LabelColumn: o.labelColumn,
		LabelFile:   o.labelFile,
		Stdin:       stdin,
	})
	if err != nil {
		return dataset{}, err
	}
	d := dataset{name: path, rows: t.Rows, pixels: t.Columns, x: t.Samples, labels: t.Labels, imaging: guessShape(t.Columns)}
	if len(t.Shape) == 2 {
		d.imaging = imageShape{t.Shape[0], t.Shape[1]}
		d.images = true
	}
	return d, nil
}

// takeLabels turns the last column into the labels.
func (d *dataset) takeLabels() error {
	pixels := d.pixels - 1
	if pixels < 1 {
		return fmt.Errorf("%s: rows of 1 number, want pixels and a label", d.name)
	}
	x, labels := make([]float64, 0, d.rows*pixels), make([]int, d.rows)
	for i := range d.rows {
		row := d.x[i*d.pixels : (i+1)*d.pixels]
		label := row[pixels]
		if label < 0 || label > math.MaxUint16 || label != math.Trunc(label) {
			return fmt.Errorf("%s: row %d ends with %v, want a label there, a whole number from 0 to %d; or name the label's place with --label-column or --labels",
				d.name, i, label, math.MaxUint16)
		}
		x, labels[i] = append(x, row[:pixels]...), int(label)
	}
	d.x, d.labels, d.pixels, d.imaging = x, labels, pixels, guessShape(pixels)
	return nil
}

// imageFlag is a --image value; the zero value is to be guessed.
type imageFlag struct{ imageShape }

func (f imageFlag) String() string {
	if f.height == 0 {
		return ""
	}
	return f.imageShape.String()
}

// Type names the value in help texts.
func (f imageFlag) Type() string { return "HxW" }

// Set parses HEIGHTxWIDTH.
func (f *imageFlag) Set(text string) error {
	var h, w int
	var rest string
	n, _ := fmt.Sscanf(text, "%dx%d%s", &h, &w, &rest)
	if n != 2 || h < 1 || w < 1 || h > 1<<15 || w > 1<<15 {
		return fmt.Errorf("want HEIGHTxWIDTH, such as 28x28")
	}
	f.height, f.width = h, w
	return nil
}

// apply gives the dataset the shape that was asked for.
func (f imageFlag) apply(d *dataset) error {
	if f.height == 0 {
		return nil
	}
	if f.height*f.width != d.pixels {
		return usagef("--image %v: has %d pixels, the rows of %s have %d", f, f.height*f.width, d.name, d.pixels)
	}
	d.imaging = f.imageShape
	return nil
}

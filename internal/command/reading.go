package command

import (
	"fmt"
	"image"
	"io"
	"os"
	"strings"

	"github.com/spf13/pflag"

	"github.com/inversenet/inversenet/internal/dataset"
	"github.com/inversenet/inversenet/internal/experiment"
	"github.com/inversenet/inversenet/internal/figures"
	"github.com/inversenet/inversenet/internal/usage"
	"github.com/inversenet/inversenet/inverse"
	"github.com/inversenet/inversenet/inverse/modelfile"
)

// readingOptions say which rows a model reads.
type readingOptions struct {
	source   dataset.Source
	rows     dataset.Range
	negative bool
	fit      bool
	show     bool
	threads  int
}

func (o *readingOptions) flags(f *pflag.FlagSet) {
	addSource(f, &o.source)
	f.Var(&o.rows, "rows", "rows to read, counted from 0, the last excluded")
	o.imageFlags(f)
	f.IntVar(&o.threads, "threads", 0, "goroutines that work; 0 for one on each core")
}

// imageFlags are those of images.
func (o *readingOptions) imageFlags(f *pflag.FlagSet) {
	f.BoolVar(&o.negative, "negative", false, "take the negative of images, for dark ink on light paper")
	f.BoolVar(&o.fit, "fit", false, "fit images of any size to the model: crop to the ink, find its polarity, scale, centre by mass")
	f.BoolVar(&o.show, "show-input", false, "show, on standard error, what the model is given to read of the first images")
}

// open reads the model and the rows for it: args are MODEL and,
// if not the built-in digits, DATA.
func (o *readingOptions) open(args []string, stdin io.Reader) (*modelfile.File, dataset.Dataset, error) {
	var data dataset.Dataset
	if err := experiment.CheckThreads(o.threads); err != nil {
		return nil, data, err
	}
	if _, err := instructionSet(); err != nil {
		return nil, data, err
	}
	model, err := modelfile.ReadFile(args[0])
	if err != nil {
		return nil, data, err
	}
	path := ""
	if len(args) > 1 {
		path = args[1]
	}
	if path != "" && dataset.IsImages(path) {
		if err := o.source.NotForImages(path); err != nil {
			return nil, data, err
		}
		shape := dataset.Shape{Height: model.ImageHeight, Width: model.ImageWidth}
		greys := dataset.Greys{Low: model.PixelMin, High: model.PixelMax, Negative: o.negative}
		if o.fit {
			frame := dataset.NewFrame(shape, model.Mean)
			greys.Fit = &frame
		}
		data, err = dataset.ReadImages(path, shape, greys)
		if err != nil {
			return nil, data, err
		}
	} else if data, err = o.source.Read(path, stdin); err != nil {
		return nil, data, err
	}
	if o.fit && !data.Images {
		return nil, data, usage.Errorf("--fit: goes with images, and %s holds rows of numbers", data.Name)
	}
	if err := prepare(&data, model); err != nil {
		return nil, data, err
	}
	if o.rows == dataset.All && data.Split > 0 {
		o.rows.From = data.Split // the part to test on
	}
	data, err = data.Slice("rows", o.rows)
	return model, data, err
}

// showInput draws the first images as the model is given them.
func (o *readingOptions) showInput(w io.Writer, f *modelfile.File, d dataset.Dataset) error {
	if !o.show {
		return nil
	}
	const most, space = 12, 2
	colours := figures.NoColour
	if isTerminal(w) {
		colours = figures.ColoursOf(os.Getenv)
	}
	shape := figures.Shape{Height: f.ImageHeight, Width: f.ImageWidth}
	columns := max(1, min(most, (terminalWidth(w)+space)/(shape.Width+space)))
	tiles := [][]*image.Gray{nil}
	for i := range min(d.Rows, columns) {
		tiles[0] = append(tiles[0], figures.Tile(d.X[i*d.Pixels:(i+1)*d.Pixels], shape, f.PixelMin, f.PixelMax, 1))
	}
	return drawStrip(w, tiles, space, colours)
}

// wantLabels wants a label that the model knows for every row.
func wantLabels(d dataset.Dataset, f *modelfile.File) error {
	if d.Labels == nil {
		return usage.Errorf("%s has no labels: want them as the last column, or --labels FILE", d.Name)
	}
	for i, l := range d.Labels {
		if l == dataset.NoClass {
			return fmt.Errorf("%s: row %d has a label that is none of the model's classes, %s", d.Name, i, classList(f))
		}
	}
	return nil
}

// classList names a model's classes, or the first and the last of many.
func classList(f *modelfile.File) string {
	if f.Outputs > 12 {
		return printable(fmt.Sprintf("%s to %s", f.Class(0), f.Class(f.Outputs-1)))
	}
	return strings.Join(displayNames(f), ", ")
}

// displayNames are the names of the classes as a terminal may have them.
func displayNames(f *modelfile.File) []string {
	names := classNames(f)
	for k, name := range names {
		names[k] = printable(name)
	}
	return names
}

func classNames(f *modelfile.File) []string {
	names := make([]string, f.Outputs)
	for k := range names {
		names[k] = f.Class(k)
	}
	return names
}

// warnOfLabels warns where the last column was taken for the label, and is not what
// the model reads: the label may stand elsewhere.
func warnOfLabels(w io.Writer, f *modelfile.File, d dataset.Dataset, accuracy float64) {
	const few = 20 // rows of which any accuracy may come by chance
	unknown := 0
	for _, label := range d.Labels {
		if label == dataset.NoClass {
			unknown++
		}
	}
	chance := 1 / float64(f.Outputs)
	if !d.LabelTaken || unknown == 0 && (d.Rows < few || accuracy > 1.5*chance) {
		return
	}
	what := "the model reads it no better than by chance"
	if unknown > 0 {
		what = fmt.Sprintf("%s no class of the model's there", have(unknown, d.Rows))
	}
	fmt.Fprintf(w, "warning: %s was taken for the label, but %s: if the label stands elsewhere, say --label-column first or its name\n", d.LabelSource, what)
}

func have(some, of int) string {
	if some == 1 {
		return fmt.Sprintf("1 row of %d has", of)
	}
	return fmt.Sprintf("%d rows of %d have", some, of)
}

// prepare makes data what the model reads: rows of its pixels, labels numbered by
// its outputs.
func prepare(d *dataset.Dataset, f *modelfile.File) error {
	// One number more in a row is the label.
	if d.Labels == nil && d.Pixels == f.Pixels+1 {
		if err := d.TakeLabels(); err != nil {
			return err
		}
	}
	if d.Pixels != f.Pixels {
		return fmt.Errorf("%s: rows of %d pixels, want %d as the model has", d.Name, d.Pixels, f.Pixels)
	}
	if d.Labels != nil {
		d.NumberLabels(classNames(f))
	}
	return nil
}

// predict lets the model say, about each row, what into has room for.
func predict(f *modelfile.File, d dataset.Dataset, threads int, into *modelfile.Prediction[float64]) error {
	p, err := modelfile.NewPredictor[float64](f, threads)
	if err != nil {
		return err
	}
	return p.Predict(into, inverse.Matrix[float64]{Rows: d.Rows, Cols: d.Pixels, Stride: d.Pixels, Data: d.X})
}

package command

import (
	"bufio"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/inversenet/inversenet/internal/arrayfile"
	"github.com/inversenet/inversenet/internal/atomicfile"
	"github.com/inversenet/inversenet/internal/dataset"
	"github.com/inversenet/inversenet/internal/modelfile"
	"github.com/inversenet/inversenet/internal/usage"
	"github.com/inversenet/inversenet/inverse"
)

type predictOptions struct {
	reading readingOptions
	output  string
	format  string
	out     string
}

// What predict can write, and how.
var (
	predictOutputs = []string{"labels", "probabilities", "outputs", "latents"}
	predictFormats = []string{"csv", "npy"}
)

func newPredict(s Streams) *cobra.Command {
	o := predictOptions{reading: readingOptions{rows: dataset.All}}
	c := &cobra.Command{
		Use:   "predict MODEL [DATA]",
		Short: "Read images with a trained model",
		Long: `Read the images of a data file, or the built-in digits, with a trained model, and
write what they show: one line for each, as CSV, or an array of NumPy's.

` + dataHelp + ` Or DATA is a
folder of PNGs of the model's size, white on black; lines begin with their names
then. The scaling of training is applied again.
Where the labels are known too, as a last column or by the flags below, the accuracy goes to standard error.`,
		Example: `  inversenet predict inversenet-out/model.safetensors --rows 1000:1500 > labels.csv
  inversenet predict inversenet-out/model.safetensors images.csv --output latents
  inversenet predict inversenet-out/model.safetensors images.csv --output probabilities --out p.npy
  cat images.csv | inversenet predict inversenet-out/model.safetensors -`,
		Args: arguments(1, 2, "MODEL and, if not the built-in digits, DATA"),
		RunE: func(_ *cobra.Command, args []string) error { return runPredict(s, args, o) },
	}
	f := c.Flags()
	f.SortFlags = false
	o.reading.flags(f)
	f.StringVar(&o.output, "output", "labels", "`WHAT` to write: labels, probabilities, outputs or latents")
	f.StringVar(&o.format, "format", "", "csv or npy (default by the name of --out, else csv)")
	f.StringVar(&o.out, "out", "", "`FILE` to write to instead of standard output")
	return c
}

func (o *predictOptions) check() error {
	if !slices.Contains(predictOutputs, o.output) {
		return usage.Errorf("--output %q: want labels, probabilities, outputs or latents", o.output)
	}
	if o.format == "" {
		o.format = "csv"
		if filepath.Ext(o.out) == ".npy" {
			o.format = "npy"
		}
	}
	if !slices.Contains(predictFormats, o.format) {
		return usage.Errorf("--format %q: want csv or npy", o.format)
	}
	return nil
}

func runPredict(s Streams, args []string, o predictOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	model, data, err := o.reading.open(args, s.In)
	if err != nil {
		return err
	}
	if o.out != "" {
		if err := writable(o.out); err != nil {
			return err
		}
	}
	p, err := predict(model, data, o.reading.threads)
	if err != nil {
		return err
	}
	p.names = data.RowNames
	if err := p.save(s.Out, model, o); err != nil {
		return err
	}
	if data.Labels != nil {
		fmt.Fprintf(s.Err, "accuracy %.2f %% of %s\n", 100*p.accuracy(data.Labels), plural(data.Rows, "row"))
	}
	return nil
}

// prediction is what a model says about observations, in float64.
type prediction struct {
	latents, outputs inverse.Matrix[float64]
	names            []string // of the observations, or nil
}

func predict(f *modelfile.File, d dataset.Dataset, threads int) (prediction, error) {
	if f.Precision == "f32" {
		return predictWith[float32](f, d, threads)
	}
	return predictWith[float64](f, d, threads)
}

func predictWith[T inverse.Float](f *modelfile.File, d dataset.Dataset, threads int) (p prediction, err error) {
	m, err := modelfile.Model[T](f)
	if err != nil {
		return p, err
	}
	z, err := m.Invert(observations[T](d), starts[T](f, d.Rows), inverse.Compute[T]{Threads: threads})
	if err != nil {
		return p, err
	}
	return prediction{latents: widened(z), outputs: widened(headOf(m, z))}, nil
}

// headOf are the outputs for latents.
func headOf[T inverse.Float](m *inverse.Model[T], z inverse.Matrix[T]) inverse.Matrix[T] {
	if m.Head == nil {
		return z
	}
	out := inverse.NewMatrix[T](z.Rows, m.Outputs())
	m.Head.Generate(out, z)
	return out
}

func widened[T inverse.Float](m inverse.Matrix[T]) inverse.Matrix[float64] {
	return inverse.FromMat[float64](m.Dense())
}

func (p prediction) accuracy(labels []int) float64 { return inverse.Accuracy(p.outputs, labels) }

func (p prediction) save(stdout io.Writer, f *modelfile.File, o predictOptions) error {
	if o.out != "" {
		return atomicfile.Write(o.out, 0o644, func(w io.Writer) error { return p.write(w, f, o) })
	}
	return p.write(stdout, f, o)
}

// write writes one line, or one row of an array, for each observation.
func (p prediction) write(w io.Writer, f *modelfile.File, o predictOptions) error {
	b := bufio.NewWriter(w)
	var m inverse.Matrix[float64]
	switch o.output {
	case "labels":
		if err := p.writeLabels(b, f, o.format); err != nil {
			return err
		}
		return b.Flush()
	case "probabilities":
		m = softmaxRows(p.outputs)
	case "outputs":
		m = p.outputs
	case "latents":
		m = p.latents
	}
	if o.format == "npy" {
		if err := arrayfile.WriteNPY(b, m.Data, m.Rows, m.Cols); err != nil {
			return err
		}
		return b.Flush()
	}
	p.writeCSV(b, m)
	return b.Flush()
}

func (p prediction) writeLabels(w io.Writer, f *modelfile.File, format string) error {
	classes := inverse.Classes(p.outputs)
	if format == "npy" {
		// Classes that are no numbers are written as those of their outputs.
		for i, k := range classes {
			if label, err := strconv.Atoi(f.Class(k)); err == nil {
				classes[i] = label
			}
		}
		return arrayfile.WriteNPY(w, classes, len(classes))
	}
	for i, k := range classes {
		fmt.Fprintln(w, p.name(i)+f.Class(k))
	}
	return nil
}

// name is what a line of CSV begins with.
func (p prediction) name(i int) string {
	switch {
	case p.names == nil:
		return ""
	case strings.ContainsAny(p.names[i], ",\"\n"):
		return `"` + strings.ReplaceAll(p.names[i], `"`, `""`) + `",`
	}
	return p.names[i] + ","
}

// writeCSV writes every number with the digits that it takes to read it back.
func (p prediction) writeCSV(w io.Writer, m inverse.Matrix[float64]) {
	fields := make([]string, m.Cols)
	for i := range m.Rows {
		for j, v := range m.Row(i) {
			fields[j] = strconv.FormatFloat(v, 'g', -1, 64)
		}
		fmt.Fprintln(w, p.name(i)+strings.Join(fields, ","))
	}
}

// observations are the rows of a data set.
func observations[T inverse.Float](d dataset.Dataset) inverse.Matrix[T] {
	return inverse.FromFloat64[T](d.Rows, d.Pixels, d.X)
}

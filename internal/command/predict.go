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
	"github.com/inversenet/inversenet/internal/usage"
	"github.com/inversenet/inversenet/inverse"
	"github.com/inversenet/inversenet/inverse/modelfile"
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

` + dataHelp + ` Images
are of the model's size, white on black unless --negative says otherwise, or of any
size and polarity with --fit. Lines begin with their names. The scaling of training is applied again.
Where the labels are known too, as a last column or by the flags below, the accuracy goes to standard error.`,
		Example: `  inversenet predict inversenet-out/model.safetensors --rows 1000:1500 > labels.csv
  inversenet predict inversenet-out/model.safetensors images.csv --output latents
  inversenet predict inversenet-out/model.safetensors scans --fit --show-input
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
	if err := o.reading.showInput(s.Err, model, data); err != nil {
		return err
	}
	if o.out != "" {
		if err := atomicfile.Check(o.out); err != nil {
			return err
		}
	}
	p := prediction{file: model, names: data.RowNames, terminal: o.out == "" && isTerminal(s.Out)}
	p.Classes = make([]int, data.Rows)
	if m := p.wanted(o.output); m != nil {
		*m = inverse.NewMatrix[float64](data.Rows, model.Outputs)
		if o.output == "latents" {
			*m = inverse.NewMatrix[float64](data.Rows, model.Latents)
		}
	}
	if err := predict(model, data, o.reading.threads, &p.Prediction); err != nil {
		return err
	}
	if err := p.save(s.Out, o); err != nil {
		return err
	}
	if data.Labels != nil {
		warnOfLabels(s.Err, model, data, accuracy(p.Classes, data.Labels))
		fmt.Fprintf(s.Err, "accuracy %.2f %% of %s\n", 100*accuracy(p.Classes, data.Labels), plural(data.Rows, "row"))
	}
	return nil
}

// accuracy is the fraction of classes that are the labels.
func accuracy(classes, labels []int) float64 {
	right := 0
	for i, k := range classes {
		if k == labels[i] {
			right++
		}
	}
	return float64(right) / float64(len(labels))
}

// prediction is what a model says about observations.
type prediction struct {
	modelfile.Prediction[float64]
	file  *modelfile.File
	names []string // of the observations, or nil

	terminal bool // it is written to one
}

// wanted is the matrix that an --output of that name writes, or nil for labels.
func (p *prediction) wanted(output string) *inverse.Matrix[float64] {
	switch output {
	case "probabilities":
		return &p.Probabilities
	case "outputs":
		return &p.Outputs
	case "latents":
		return &p.Latents
	}
	return nil
}

func (p *prediction) save(stdout io.Writer, o predictOptions) error {
	if o.out != "" {
		return atomicfile.Write(o.out, 0o666, func(w io.Writer) error { return p.write(w, o) })
	}
	return p.write(stdout, o)
}

// write writes one line, or one row of an array, for each observation.
func (p *prediction) write(w io.Writer, o predictOptions) error {
	b := bufio.NewWriter(w)
	m := p.wanted(o.output)
	var err error
	switch {
	case m == nil:
		err = p.writeLabels(b, o.format)
	case o.format == "npy":
		err = arrayfile.WriteNPY(b, m.Data, m.Rows, m.Cols)
	default:
		p.writeCSV(b, *m)
	}
	if err != nil {
		return err
	}
	return b.Flush()
}

func (p *prediction) writeLabels(w io.Writer, format string) error {
	if format == "npy" {
		// Classes that are no numbers are written as those of their outputs.
		labels := make([]int, len(p.Classes))
		for i, k := range p.Classes {
			labels[i] = k
			if label, err := strconv.Atoi(p.file.Class(k)); err == nil {
				labels[i] = label
			}
		}
		return arrayfile.WriteNPY(w, labels, len(labels))
	}
	for i, k := range p.Classes {
		fmt.Fprintln(w, p.name(i)+p.field(p.file.Class(k)))
	}
	return nil
}

// name is what a line of CSV begins with.
func (p *prediction) name(i int) string {
	if p.names == nil {
		return ""
	}
	return p.field(p.names[i]) + ","
}

// field is a text as a field of what is written, on a terminal without what that
// would act on.
func (p *prediction) field(text string) string {
	if p.terminal {
		text = printable(text)
	}
	return csvField(text)
}

// writeCSV writes every number with the digits that it takes to read it back.
func (p *prediction) writeCSV(w io.Writer, m inverse.Matrix[float64]) {
	fields := make([]string, m.Cols)
	for i := range m.Rows {
		for j, v := range m.Row(i) {
			fields[j] = strconv.FormatFloat(v, 'g', -1, 64)
		}
		fmt.Fprintln(w, p.name(i)+strings.Join(fields, ","))
	}
}

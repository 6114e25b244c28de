package cli

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/inversenet/inversenet/internal/atomicfile"
	"github.com/inversenet/inversenet/internal/modelfile"
	"github.com/inversenet/inversenet/inverse"
)

type predictOptions struct {
	data    dataOptions
	rows    rowRange
	output  string
	out     string
	threads int
}

func newPredict(s Streams) *cobra.Command {
	o := predictOptions{rows: allRows}
	c := &cobra.Command{
		Use:   "predict MODEL [DATA]",
		Short: "Read images with a trained model",
		Long: `Read the images of a data file, or the built-in digits, with a trained model, and
write what they show: one line for each, as CSV.

` + dataHelp + `
Where the labels are known too, as a last column or by the flags below, the accuracy goes to standard error.`,
		Example: `  inversenet predict inversenet-out/model.safetensors --rows 1000:1500 > labels.csv
  inversenet predict inversenet-out/model.safetensors images.csv --output latents`,
		Args: arguments(1, 2, "MODEL and, if not the built-in digits, DATA"),
		RunE: func(_ *cobra.Command, args []string) error { return runPredict(s, args, o) },
	}
	f := c.Flags()
	f.SortFlags = false
	o.data.flags(f)
	f.Var(&o.rows, "rows", "rows to read, counted from 0, the last excluded")
	f.StringVar(&o.output, "output", "labels", "`WHAT` to write: labels, outputs or latents")
	f.StringVar(&o.out, "out", "", "`FILE` to write to instead of standard output")
	f.IntVar(&o.threads, "threads", 0, "goroutines that work; 0 for one on each core")
	return c
}

func runPredict(s Streams, args []string, o predictOptions) error {
	if o.output != "labels" && o.output != "outputs" && o.output != "latents" {
		return usagef("--output %q: want labels, outputs or latents", o.output)
	}
	if err := checkThreads(o.threads); err != nil {
		return err
	}
	if _, err := instructionSet(); err != nil {
		return err
	}
	model, err := modelfile.Read(args[0])
	if err != nil {
		return err
	}
	path := ""
	if len(args) > 1 {
		path = args[1]
	}
	data, err := o.data.read(path, s.In)
	if err != nil {
		return err
	}
	if err := prepare(&data, model); err != nil {
		return err
	}
	if data, err = data.slice("rows", o.rows); err != nil {
		return err
	}
	if o.out != "" {
		if err := writable(o.out); err != nil {
			return err
		}
	}
	p, err := predict(model, data, o.threads)
	if err != nil {
		return err
	}
	if err := p.save(s.Out, o); err != nil {
		return err
	}
	if data.labels != nil {
		fmt.Fprintf(s.Err, "accuracy %.2f %% of %s\n", 100*p.accuracy(data.labels), plural(data.rows, "row"))
	}
	return nil
}

// prediction is what a model says about observations, in float64.
type prediction struct{ latents, outputs inverse.Matrix[float64] }

func predict(f *modelfile.File, d dataset, threads int) (prediction, error) {
	if f.Precision == float32Precision {
		return predictWith[float32](f, d, threads)
	}
	return predictWith[float64](f, d, threads)
}

func predictWith[T inverse.Float](f *modelfile.File, d dataset, threads int) (p prediction, err error) {
	m, err := modelfile.Model[T](f)
	if err != nil {
		return p, err
	}
	z, err := m.Invert(observations[T](d), starts[T](f, d.rows), inverse.Compute[T]{Threads: threads})
	if err != nil {
		return p, err
	}
	out := z
	if m.Head != nil {
		out = inverse.NewMatrix[T](d.rows, m.Outputs())
		m.Head.Generate(out, z)
	}
	return prediction{latents: widened(z), outputs: widened(out)}, nil
}

func widened[T inverse.Float](m inverse.Matrix[T]) inverse.Matrix[float64] {
	return inverse.FromMat[float64](m.Dense())
}

func (p prediction) accuracy(labels []int) float64 { return inverse.Accuracy(p.outputs, labels) }

func (p prediction) save(stdout io.Writer, o predictOptions) error {
	if o.out != "" {
		return atomicfile.Write(o.out, 0o644, func(w io.Writer) error { return p.write(w, o.output) })
	}
	return p.write(stdout, o.output)
}

// write writes one line for each observation.
func (p prediction) write(w io.Writer, output string) error {
	b := bufio.NewWriter(w)
	switch output {
	case "labels":
		for _, class := range inverse.Classes(p.outputs) {
			fmt.Fprintln(b, class)
		}
	case "outputs":
		writeCSV(b, p.outputs)
	case "latents":
		writeCSV(b, p.latents)
	}
	return b.Flush()
}

// writeCSV writes every number with the digits that it takes to read it back.
func writeCSV(w io.Writer, m inverse.Matrix[float64]) {
	fields := make([]string, m.Cols)
	for i := range m.Rows {
		for j, v := range m.Row(i) {
			fields[j] = strconv.FormatFloat(v, 'g', -1, 64)
		}
		fmt.Fprintln(w, strings.Join(fields, ","))
	}
}

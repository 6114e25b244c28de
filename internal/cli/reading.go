package cli

import (
	"fmt"
	"io"
	"math"
	"os"
	"strings"

	"github.com/spf13/pflag"

	"github.com/inversenet/inversenet/internal/modelfile"
	"github.com/inversenet/inversenet/internal/report"
	"github.com/inversenet/inversenet/inverse"
)

// readingOptions say which rows a model reads.
type readingOptions struct {
	data     dataOptions
	rows     rowRange
	negative bool
	threads  int
}

func (o *readingOptions) flags(f *pflag.FlagSet) {
	o.data.flags(f)
	f.Var(&o.rows, "rows", "rows to read, counted from 0, the last excluded")
	f.BoolVar(&o.negative, "negative", false, "take the negative of PNGs, for dark ink on light paper")
	f.IntVar(&o.threads, "threads", 0, "goroutines that work; 0 for one on each core")
}

// open reads the model and prepares the rows for it: args are MODEL and,
// if not the built-in digits, DATA.
func (o *readingOptions) open(args []string, stdin io.Reader) (*modelfile.File, dataset, error) {
	var data dataset
	if err := checkThreads(o.threads); err != nil {
		return nil, data, err
	}
	if _, err := instructionSet(); err != nil {
		return nil, data, err
	}
	model, err := modelfile.Read(args[0])
	if err != nil {
		return nil, data, err
	}
	path := ""
	if len(args) > 1 {
		path = args[1]
	}
	if info, err := os.Stat(path); path != "" && err == nil && info.IsDir() {
		if o.data != (dataOptions{}) {
			return nil, data, usagef("--labels, --label-column and --array go with a file: %s is a folder of images", path)
		}
		data, err = readPNGs(path, model, o.negative)
		if err != nil {
			return nil, data, err
		}
	} else if data, err = o.data.read(path, stdin); err != nil {
		return nil, data, err
	}
	if err := prepare(&data, model); err != nil {
		return nil, data, err
	}
	data, err = data.slice("rows", o.rows)
	return model, data, err
}

// wantLabels wants a label that the model knows for every row.
func wantLabels(d dataset, f *modelfile.File) error {
	if d.labels == nil {
		return usagef("%s has no labels: want them as the last column, or --labels FILE", d.name)
	}
	for i, l := range d.labels {
		if l == noClass {
			return fmt.Errorf("%s: row %d has a label that is none of the model's classes, %s", d.name, i, classList(f))
		}
	}
	return nil
}

// classList names a model's classes, or the first and the last of many.
func classList(f *modelfile.File) string {
	if f.Outputs > 12 {
		return fmt.Sprintf("%s to %s", f.Class(0), f.Class(f.Outputs-1))
	}
	return strings.Join(classNames(f), ", ")
}

func classNames(f *modelfile.File) []string {
	names := make([]string, f.Outputs)
	for k := range names {
		names[k] = f.Class(k)
	}
	return names
}

// probabilities are the softmax of a row of outputs.
func probabilities(outputs []float64) []float64 {
	p := make([]float64, len(outputs))
	largest := math.Inf(-1)
	for _, v := range outputs {
		largest = max(largest, v)
	}
	var sum float64
	for i, v := range outputs {
		p[i] = math.Exp(v - largest)
		sum += p[i]
	}
	for i := range p {
		p[i] /= sum
	}
	return p
}

func softmaxRows(outputs inverse.Matrix[float64]) inverse.Matrix[float64] {
	p := inverse.NewMatrix[float64](outputs.Rows, outputs.Cols)
	for i := range p.Rows {
		copy(p.Row(i), probabilities(outputs.Row(i)))
	}
	return p
}

// readings are what a model read from labelled rows.
func readings(d dataset, classes []string, outputs inverse.Matrix[float64]) report.Readings {
	r := report.Readings{Name: d.name, Classes: classes, Labels: d.labels}
	for i := range outputs.Rows {
		r.Probabilities = append(r.Probabilities, probabilities(outputs.Row(i)))
	}
	return r
}

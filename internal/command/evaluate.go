package command

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/inversenet/inversenet/internal/atomicfile"
	"github.com/inversenet/inversenet/internal/dataset"
	"github.com/inversenet/inversenet/internal/experiment"
	"github.com/inversenet/inversenet/internal/report"
	"github.com/inversenet/inversenet/internal/usage"
	"github.com/inversenet/inversenet/inverse"
	"github.com/inversenet/inversenet/inverse/modelfile"
)

type evaluateOptions struct {
	reading readingOptions
	out     string
}

func newEvaluate(s Streams) *cobra.Command {
	o := evaluateOptions{reading: readingOptions{rows: dataset.All}}
	c := &cobra.Command{
		Use:   "evaluate MODEL [DATA]",
		Short: "Say how well a model reads images whose labels are known",
		Long: `Say how well a model reads images whose labels are known: the accuracy, what each
class was read as, and whether the model is as often right as it is sure.

` + dataHelp + ` Its label follows
them, unless the flags say otherwise.`,
		Example: `  inversenet evaluate inversenet-out/model.safetensors --rows 1000:1797
  inversenet evaluate inversenet-out/model.safetensors labelled.csv --out confusion.png`,
		Args: arguments(1, 2, "MODEL and, if not the built-in digits, DATA"),
		RunE: func(_ *cobra.Command, args []string) error { return runEvaluate(s, args, o) },
	}
	f := c.Flags()
	f.SortFlags = false
	o.reading.flags(f)
	f.StringVar(&o.out, "out", "", "`FILE`.png or .svg to draw the confusion matrix into")
	return c
}

func runEvaluate(s Streams, args []string, o evaluateOptions) error {
	if o.out != "" && !strings.HasSuffix(o.out, ".png") && !strings.HasSuffix(o.out, ".svg") {
		return usage.Errorf("--out %s: want a name that ends in .png or .svg", o.out)
	}
	model, data, err := o.reading.open(args, s.In)
	if err != nil {
		return err
	}
	if err := o.reading.showInput(s.Err, model, data); err != nil {
		return err
	}
	if err := wantLabels(data, model); err != nil {
		return err
	}
	if o.out != "" {
		if err := atomicfile.Check(o.out); err != nil {
			return err
		}
	}
	into := modelfile.Prediction[float64]{Outputs: inverse.NewMatrix[float64](data.Rows, model.Outputs)}
	if err := predict(model, data, o.reading.threads, &into); err != nil {
		return err
	}
	r := experiment.NewReadings(data, displayNames(model), into.Outputs)
	if o.out != "" {
		if err := report.SaveConfusion(o.out, r); err != nil {
			return err
		}
	}
	warnOfLabels(s.Err, model, data, inverse.Accuracy(into.Outputs, data.Labels))
	b := bufio.NewWriter(s.Out)
	wrong := len(r.Misread())
	fmt.Fprintf(b, "accuracy  %.2f %% of %s, %d misread\n\n", 100*inverse.Accuracy(into.Outputs, data.Labels), plural(data.Rows, "row"), wrong)
	writeConfusion(b, r)
	writeCalibration(b, r)
	if o.out != "" {
		fmt.Fprintf(b, "\nwritten   %s\n", o.out)
	}
	return b.Flush()
}

// writeConfusion writes the matrix, with a row for each label that occurs.
func writeConfusion(w io.Writer, r experiment.Readings) {
	counts := r.Confusion()
	width := 5
	for _, name := range r.Classes {
		width = max(width, len([]rune(name))+1)
	}
	fmt.Fprintf(w, "labels in rows, what they were read as in columns\n%*s", width, "")
	for _, name := range r.Classes {
		fmt.Fprintf(w, "%*s", width, name)
	}
	fmt.Fprintln(w)
	for i, row := range counts {
		total := 0
		line := ""
		for _, n := range row {
			total += n
			text := strconv.Itoa(n)
			if n == 0 {
				text = "·"
			}
			line += fmt.Sprintf("%*s", width, text)
		}
		if total > 0 {
			fmt.Fprintf(w, "%*s%s  %5.1f %%\n", width, r.Classes[i], line, 100*float64(row[i])/float64(total))
		}
	}
}

// writeCalibration writes how sure the model was and how often it was right.
func writeCalibration(w io.Writer, r experiment.Readings) {
	bins, calibrationError := r.Calibration()
	fmt.Fprintf(w, "\ncalibration: how sure the model was, and how often it was right\n  probability   rows    sure    right\n")
	for _, b := range bins {
		if b.Count > 0 {
			fmt.Fprintf(w, "  %3.0f to %3.0f %%  %5d  %5.1f %%  %5.1f %%\n", 100*b.From, 100*b.To, b.Count, 100*b.Confidence, 100*b.Accuracy)
		}
	}
	fmt.Fprintf(w, "expected calibration error %.2f %%\n", 100*calibrationError)
}

package command

import (
	"fmt"
	"io"
	"path/filepath"
	"runtime"

	"github.com/inversenet/inversenet/internal/experiment"
	"github.com/inversenet/inversenet/internal/report"
	"github.com/inversenet/inversenet/kernels"
)

// headline says what a training is about to do.
func headline(j *experiment.Job, isa kernels.ISA) string {
	return fmt.Sprintf("recipe %s: %d rows of %s, %d latents, %d inner × %d outer steps, %s on %v, %s",
		j.Recipe, j.Train.Rows, printable(j.Train.Name), j.Latents(), j.InnerSteps(), j.OuterSteps(), j.Precision(), isa, plural(j.Cores(), "thread"))
}

// describe says what DATA was taken for, and warns of what is likely a mistake.
func (o trainOptions) describe(s Streams, j *experiment.Job) {
	if o.path != "" {
		for _, line := range j.Describe() {
			fmt.Fprintf(s.Out, "%-15s %s\n", line[0], printable(line[1]))
		}
	}
	for _, w := range j.Warnings() {
		fmt.Fprintf(s.Err, "warning: %s\n", printable(w))
	}
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// summarize says how a training ended and where things are.
func summarize(w io.Writer, t *experiment.Result, o trainOptions) {
	j := t.Job
	if len(t.History) > 0 {
		fmt.Fprintf(w, "loss            %.6f, at the start %.6f\n", t.FinalLoss, t.History[0])
	} else {
		fmt.Fprintf(w, "loss            %.6f\n", t.FinalLoss)
	}
	fmt.Fprintf(w, "train accuracy  %.2f %% of rows %v\n", 100*t.TrainAccuracy, j.TrainRows())
	if t.TestAccuracy != nil {
		fmt.Fprintf(w, "test accuracy   %.2f %% of rows %v\n", 100**t.TestAccuracy, j.TestRows())
	}
	if t.RestAccuracy != nil && j.Rest.Rows > j.Test.Rows {
		fmt.Fprintf(w, "to the end      %.2f %% of rows %v\n", 100**t.RestAccuracy, j.RestRows())
	}
	if t.ModelAccuracy != nil && j.Published() {
		fmt.Fprintf(w, "saved model     %.2f %% of rows %v, each by itself; above, all in one batch, as published\n", 100**t.ModelAccuracy, j.TestRows())
	}
	fmt.Fprintf(w, "time            %s, solver %s\n", report.Short(t.Elapsed), t.Solver)
	for i, path := range o.written(j) {
		label := "written"
		if i > 0 {
			label = ""
		}
		fmt.Fprintf(w, "%-15s %s\n", label, printable(path))
	}
}

// written lists the files of a training.
func (o trainOptions) written(j *experiment.Job) []string {
	var paths []string
	for _, f := range report.FolderFiles(j) {
		paths = append(paths, filepath.Join(o.out, f))
	}
	return append(paths, o.reports...)
}

// machine is what a training ran on, for its page.
func machine(t *experiment.Result, isa kernels.ISA) []report.Field {
	return []report.Field{
		{Name: "processor", Value: processor()},
		{Name: "instruction set", Value: isa.String()},
		{Name: "threads", Value: fmt.Sprint(t.Job.Cores())},
		{Name: "solver", Value: t.Solver},
		{Name: "inversenet", Value: version()},
		{Name: "Go", Value: runtime.Version() + " " + runtime.GOOS + "/" + runtime.GOARCH},
	}
}

package cli

import (
	"fmt"
	"io"
	"runtime"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/inversenet/inversenet/internal/atomicfile"
	"github.com/inversenet/inversenet/internal/report"
	"github.com/inversenet/inversenet/kernels"
)

// writePage writes what --report FILE.html asks for.
func writePage(path string, run report.Run) error {
	return atomicfile.Write(path, 0o644, func(w io.Writer) error { return report.Write(w, run) })
}

// pageOf is a training as the page shows it.
func pageOf(j *trainJob, t *trained, r report.Readings, isa kernels.ISA, command []string) report.Run {
	run := report.Run{
		Title:    "inversenet: recipe " + j.recipe + " on " + j.train.name,
		Finished: time.Now().Truncate(time.Second),
		Results:  t.headlines(j),
		Command:  "inversenet " + strings.Join(command, " "),
		Settings: j.settingFields(),
		Machine: []report.Field{
			{Name: "processor", Value: processor()},
			{Name: "instruction set", Value: isa.String()},
			{Name: "threads", Value: fmt.Sprint(j.cores())},
			{Name: "solver", Value: t.solver},
			{Name: "inversenet", Value: version()},
			{Name: "Go", Value: runtime.Version() + " " + runtime.GOOS + "/" + runtime.GOARCH},
		},
		Loss:      t.history,
		Shape:     shapeOf(j.train.imaging),
		AtomCount: t.atoms.Cols,
		Test:      r,
	}
	for i := range t.atoms.Rows {
		run.Atoms = append(run.Atoms, t.atoms.Row(i)...)
	}
	if steps, values := t.accuracyHistory(); len(steps) > 0 {
		run.Accuracy = []report.Curve{{Name: r.Name, Steps: steps, Values: values}}
	}
	return run
}

// headlines are the results at the top of the page.
func (t *trained) headlines(j *trainJob) (fields []report.Field) {
	add := func(name string, fraction *float64) {
		if fraction != nil {
			fields = append(fields, report.Field{Name: name, Value: fmt.Sprintf("%.2f %%", 100**fraction)})
		}
	}
	add("test accuracy", t.testAccuracy)
	if j.rest.rows > j.test.rows {
		add("rows "+*j.restRows(), t.restAccuracy)
	}
	add("training accuracy", &t.trainAccuracy)
	return append(fields,
		report.Field{Name: "loss", Value: fmt.Sprintf("%.4f", t.finalLoss)},
		report.Field{Name: "training time", Value: short(t.elapsed)})
}

// settingFields are the settings by the names of their flags, in the order of the
// help text.
func (j *trainJob) settingFields() []report.Field {
	fields := []report.Field{{Name: "recipe", Value: j.recipe}}
	settings := j.settings
	settings.flags().VisitAll(func(f *pflag.Flag) {
		fields = append(fields, report.Field{Name: f.Name, Value: f.Value.String()})
	})
	return fields
}

package report

import (
	"fmt"
	"io"
	"time"

	"github.com/inversenet/inversenet/internal/atomicfile"
	"github.com/inversenet/inversenet/internal/experiment"
	"github.com/inversenet/inversenet/internal/figures"
)

// SavePage writes the page of a training to path.
func SavePage(path string, run Run) error {
	return atomicfile.Write(path, 0o666, func(w io.Writer) error { return Write(w, run) })
}

// RunOf is a training as the page shows it, with the command line that gives it
// again and the machine that it ran on.
func RunOf(t *experiment.Result, r experiment.Readings, command string, machine []Field) Run {
	j := t.Job
	run := Run{
		Title:     "inversenet: recipe " + j.Recipe + " on " + j.Train.Name,
		Finished:  time.Now().Truncate(time.Second),
		Results:   headlines(t),
		Command:   command,
		Settings:  settingFields(j),
		Machine:   machine,
		Loss:      t.History,
		Shape:     figures.Shape(j.Train.Shape),
		AtomCount: t.Atoms.Cols,
		Test:      r,
	}
	for i := range t.Atoms.Rows {
		run.Atoms = append(run.Atoms, t.Atoms.Row(i)...)
	}
	if steps, values := t.AccuracyHistory(); len(steps) > 0 {
		run.Accuracy = []Curve{{Name: r.Name, Steps: steps, Values: values}}
	}
	return run
}

// headlines are the results at the top of the page.
func headlines(t *experiment.Result) (fields []Field) {
	j := t.Job
	add := func(name string, fraction *float64) {
		if fraction != nil {
			fields = append(fields, Field{Name: name, Value: fmt.Sprintf("%.2f %%", 100**fraction)})
		}
	}
	add("test accuracy", t.TestAccuracy)
	if j.Rest.Rows > j.Test.Rows {
		add("rows "+j.RestRows().String(), t.RestAccuracy)
	}
	if j.Published() {
		add("saved model, row by row", t.ModelAccuracy)
	}
	add("training accuracy", &t.TrainAccuracy)
	return append(fields,
		Field{Name: "loss", Value: fmt.Sprintf("%.4f", t.FinalLoss)},
		Field{Name: "training time", Value: Short(t.Elapsed)})
}

// settingFields are the settings by their names, in the order of help texts.
func settingFields(j *experiment.Job) []Field {
	fields := []Field{{Name: "recipe", Value: j.Recipe}}
	settings := j.Settings
	for _, f := range settings.Fields() {
		fields = append(fields, Field{Name: f.Name, Value: f.Value.String()})
	}
	return fields
}

// Short writes a duration to three digits or so: 0.42 s, 12.3 s, 3m05s.
func Short(d time.Duration) string {
	switch s := d.Seconds(); {
	case s < 9.995:
		return fmt.Sprintf("%.2f s", s)
	case s < 99.95:
		return fmt.Sprintf("%.1f s", s)
	default:
		return d.Round(time.Second).String()
	}
}

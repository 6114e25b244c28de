package experiment

import (
	"fmt"
	"strconv"
	"time"

	"github.com/inversenet/inversenet/internal/dataset"
	"github.com/inversenet/inversenet/internal/modelfile"
	"github.com/inversenet/inversenet/internal/randomstate"
	"github.com/inversenet/inversenet/inverse"
)

// Result is what a training gives, whatever its element type.
type Result struct {
	Job           *Job
	History       []float64    // the loss before each iteration
	Accuracies    []AccuracyAt // on the test rows
	FinalLoss     float64
	Elapsed       time.Duration
	TrainAccuracy float64
	TestAccuracy  *float64 // nil without test rows
	RestAccuracy  *float64
	Solver        string
	Atoms         inverse.Matrix[float64] // W

	seenOutputs inverse.Matrix[float64] // a row for each of those that Readings are of
	save        func(path string) error
	generated   func(dataset.Dataset) (inverse.Matrix[float64], error)
}

// AccuracyAt is the accuracy on the test rows after some iterations.
type AccuracyAt struct {
	Step     int     `json:"step"`
	Accuracy float64 `json:"accuracy"`
}

// newResult assesses a model that has been trained.
func newResult[T inverse.Float](f *fit[T]) (*Result, error) {
	j, model := f.job, f.model
	t := &Result{
		Job:        j,
		History:    f.history,
		Accuracies: f.accuracies,
		FinalLoss:  f.finalLoss,
		Elapsed:    f.elapsed,
		Solver:     f.trainer.Form().String(),
		Atoms:      inverse.FromMat[float64](model.Generator.(*inverse.Linear[T]).W.Dense()),
		save:       func(path string) error { return modelfile.Write(path, model, j.modelInfo()) },
		generated: func(d dataset.Dataset) (inverse.Matrix[float64], error) {
			return reconstructed(j, model, d, j.predictionStart(d.Rows))
		},
	}
	return t, t.assess(func(d dataset.Dataset, z0 []float64) (inverse.Matrix[float64], error) {
		return outputs(j, model, d, z0)
	})
}

// assess measures accuracies. read gives a model's outputs for rows, from starts
// of their own.
func (t *Result) assess(read func(dataset.Dataset, []float64) (inverse.Matrix[float64], error)) error {
	j := t.Job
	var z0 []float64
	if j.Settings.initial.is(startNotebook) {
		z0, _, _ = randomstate.NotebookStart(j.Settings.seed, j.Settings.latents, j.Train.Pixels, j.Train.Rows, 0)
	}
	out, err := read(j.Train, z0)
	if err != nil {
		return fmt.Errorf("reading the training rows: %w", err)
	}
	t.TrainAccuracy, t.seenOutputs = inverse.Accuracy(out, j.Train.Labels), out
	for _, part := range []struct {
		rows dataset.Dataset
		dst  **float64
	}{{j.Rest, &t.RestAccuracy}, {j.Test, &t.TestAccuracy}} {
		if part.rows.Rows == 0 {
			continue
		}
		if out, err = read(part.rows, j.predictionStart(part.rows.Rows)); err != nil {
			return fmt.Errorf("reading the test rows: %w", err)
		}
		a := inverse.Accuracy(out, part.rows.Labels)
		*part.dst, t.seenOutputs = &a, out
	}
	return nil
}

// Save writes the model to path.
func (t *Result) Save(path string) error { return t.save(path) }

// Seen are the rows that pictures show: those tested on, or else those trained on.
func (j *Job) Seen() (d dataset.Dataset, rows dataset.Range, what string) {
	if j.Test.Rows > 0 {
		return j.Test, j.Settings.testRows, "test rows"
	}
	return j.Train, j.Settings.trainRows, "training rows"
}

// Readings are what the model reads in the rows that pictures show, with what it
// generates from the latents that it finds.
func (t *Result) Readings() (Readings, error) {
	d, rows, what := t.Job.Seen()
	generated, err := t.generated(d)
	if err != nil {
		return Readings{}, err
	}
	r := NewReadings(d, namesOr(t.Job.Classes, t.seenOutputs.Cols), t.seenOutputs)
	r.Name, r.FirstRow = what+" "+rows.String(), rows.From
	for i := range d.Rows {
		r.Images = append(r.Images, d.X[i*d.Pixels:(i+1)*d.Pixels])
		r.Generated = append(r.Generated, generated.Row(i))
	}
	return r, nil
}

// namesOr are the given ones, or numbers where there are none.
func namesOr(names []string, outputs int) []string {
	all := append([]string(nil), names...)
	for k := len(all); k < outputs; k++ {
		all = append(all, strconv.Itoa(k))
	}
	return all
}

// AccuracyHistory is the accuracies as a curve.
func (t *Result) AccuracyHistory() (steps []int, values []float64) {
	for _, a := range t.Accuracies {
		steps, values = append(steps, a.Step), append(values, a.Accuracy)
	}
	return steps, values
}

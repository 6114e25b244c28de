package experiment

import (
	"fmt"
	"strconv"
	"time"

	"github.com/inversenet/inversenet/internal/dataset"
	"github.com/inversenet/inversenet/inverse"
	"github.com/inversenet/inversenet/inverse/modelfile"
)

// Result is what a training gives, whatever its element type.
type Result struct {
	Job        *Job
	History    []float64    // the loss before each iteration
	Accuracies []AccuracyAt // on the test rows
	FinalLoss  float64
	Elapsed    time.Duration
	Solver     string
	Atoms      inverse.Matrix[float64] // W

	// Accuracies of the rows trained on, of those tested on and of those to the end
	// of the data; nil where there are none.
	TrainAccuracy float64
	TestAccuracy  *float64
	RestAccuracy  *float64
	// ModelAccuracy is that of the saved model on the test rows. It is another than
	// TestAccuracy where that is by the protocol of the published experiment.
	ModelAccuracy *float64

	seenOutputs inverse.Matrix[float64] // a row for each of those that Readings are of
	save        func(path string) error
	generated   func() (inverse.Matrix[float64], error)
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
		save:       func(path string) error { return modelfile.WriteFile(path, model, j.modelInfo()) },
		generated: func() (inverse.Matrix[float64], error) {
			d, _, _ := j.Seen()
			into := modelfile.Prediction[float64]{Reconstructions: inverse.NewMatrix[float64](d.Rows, d.Pixels)}
			err := read(j, model, &into, d, func() []float64 { return j.predictionStart(d.Rows) })
			return into.Reconstructions, err
		},
	}
	if err := assessTraining(t, model); err != nil {
		return nil, fmt.Errorf("reading the training rows: %w", err)
	}
	if err := assessTests(t, model); err != nil {
		return nil, fmt.Errorf("reading the test rows: %w", err)
	}
	return t, nil
}

func assessTraining[T inverse.Float](t *Result, m *inverse.Model[T]) error {
	d := t.Job.Train
	into := modelfile.Prediction[float64]{Outputs: inverse.NewMatrix[float64](d.Rows, m.Outputs())}
	if err := read(t.Job, m, &into, d, t.Job.trainingStart); err != nil {
		return err
	}
	t.TrainAccuracy, t.seenOutputs = inverse.Accuracy(into.Outputs, d.Labels), into.Outputs
	return nil
}

func assessTests[T inverse.Float](t *Result, m *inverse.Model[T]) error {
	j := t.Job
	if j.Test.Rows == 0 {
		return nil
	}
	rest, err := outputs(j, m, j.Rest)
	if err != nil {
		return err
	}
	test, err := outputs(j, m, j.Test)
	if err != nil {
		return err
	}
	saved := modelfile.Prediction[float64]{Outputs: inverse.NewMatrix[float64](j.Test.Rows, m.Outputs())}
	if err := readAsSaved(j, m, &saved, j.Test); err != nil {
		return err
	}
	accuracy := func(out inverse.Matrix[float64], d dataset.Dataset) *float64 {
		a := inverse.Accuracy(out, d.Labels)
		return &a
	}
	t.RestAccuracy, t.TestAccuracy = accuracy(rest, j.Rest), accuracy(test, j.Test)
	t.ModelAccuracy, t.seenOutputs = accuracy(saved.Outputs, j.Test), test
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
	generated, err := t.generated()
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

package cli

import (
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"github.com/inversenet/inversenet/internal/modelfile"
	"github.com/inversenet/inversenet/internal/randomstate"
	"github.com/inversenet/inversenet/inverse"
)

// trainJob is a training, ready to run.
type trainJob struct {
	recipe   string
	settings settings
	threads  int
	train    dataset // scaled, labels numbered by outputs
	test     dataset
	rest     dataset // from the first test row to the end of the data
	classes  []string
	scaling  modelfile.Scaling
	low      float64 // least and largest number of the training rows, before scaling
	high     float64

	checkpoint checkpointPlan
	interrupt  <-chan os.Signal // nil for none
	release    func()           // ends the interest in interrupts, or nil
	progress   func(progress)
}

// trained is what a training gives, whatever its element type.
type trained struct {
	history       []float64
	accuracies    []accuracyAt
	finalLoss     float64
	elapsed       time.Duration
	trainAccuracy float64
	testAccuracy  *float64
	restAccuracy  *float64
	solver        string
	atoms         inverse.Matrix[float64] // W
	testOutputs   inverse.Matrix[float64] // a row for each of test, or of train without test rows
	save          func(path string) error // writes the model
	// generated gives what the model generates from the latents that it finds for
	// rows that it predicts.
	generated func(dataset) (inverse.Matrix[float64], error)
}

// newTrainJob loads the data and checks that it goes with the settings.
func newTrainJob(stdin io.Reader, r recipe, o trainOptions) (trainJob, error) {
	set := r.settings
	job := trainJob{recipe: r.name, settings: set, threads: o.threads}
	if err := set.validate(); err != nil {
		return job, err
	}
	if err := checkThreads(o.threads); err != nil {
		return job, err
	}
	data, err := o.load(stdin)
	if err != nil {
		return job, err
	}
	if set.head.kind != headNone || set.latents == 0 {
		if job.classes, err = assignClasses(&data); err != nil {
			return job, err
		}
	}
	if err := job.slice(data); err != nil {
		return job, err
	}
	if err := job.train.checkLabels(job.outputs()); err != nil {
		return job, err
	}
	return job, job.test.checkLabels(job.outputs())
}

// slice takes the rows of the data that the settings name, and scales them.
func (j *trainJob) slice(data dataset) (err error) {
	set := &j.settings
	if j.train, err = data.slice("train-rows", set.trainRows); err != nil {
		return err
	}
	j.low, j.high = slices.Min(j.train.x), slices.Max(j.train.x)
	j.scaling = scalingOf(set.scaling, j.train)
	j.scaling.Apply(data.x, data.pixels)
	if j.test, err = data.slice("test-rows", set.testRows); err != nil || set.testRows.none {
		return err
	}
	j.rest, err = data.slice("test-rows", rowRange{from: set.testRows.from, to: data.rows})
	return err
}

// latents is K.
func (j *trainJob) latents() int {
	if j.settings.latents == 0 {
		return len(j.classes)
	}
	return j.settings.latents
}

// outputs is the number of classes that the model can tell apart.
func (j *trainJob) outputs() int {
	if j.classes != nil {
		return len(j.classes)
	}
	return j.settings.latents
}

func (j *trainJob) run() (*trained, error) {
	if j.settings.precision.is(float32Precision) {
		return trainModel[float32](j)
	}
	return trainModel[float64](j)
}

func trainModel[T inverse.Float](j *trainJob) (*trained, error) {
	model, z0, err := startModel[T](j)
	if err != nil {
		return nil, err
	}
	data := inverse.Data[T]{X: observations[T](j.train), Start: z0, Labels: j.train.labels}
	fit, err := newFit(j, model, data)
	if err != nil {
		return nil, err
	}
	if err := fit.run(); err != nil {
		return nil, err
	}
	if j.release != nil {
		j.release()
	}
	t := &trained{
		history:    fit.history,
		accuracies: fit.accuracies,
		finalLoss:  fit.finalLoss,
		elapsed:    fit.elapsed,
		solver:     fit.trainer.Form().String(),
		atoms:      inverse.FromMat[float64](model.Generator.(*inverse.Linear[T]).W.Dense()),
		save:       func(path string) error { return modelfile.Write(path, model, j.modelInfo()) },
		generated: func(d dataset) (inverse.Matrix[float64], error) {
			return reconstructed(j, model, d, j.predictionStart(d.rows))
		},
	}
	return t, t.assess(j, func(d dataset, z0 []float64) (inverse.Matrix[float64], error) {
		return outputs(j, model, d, z0)
	})
}

// assess measures accuracies. read gives a model's outputs for rows, from starts
// of their own.
func (t *trained) assess(j *trainJob, read func(dataset, []float64) (inverse.Matrix[float64], error)) error {
	var z0 []float64
	if j.settings.initial.is(startNotebook) {
		z0, _, _ = randomstate.NotebookStart(j.settings.seed, j.settings.latents, j.train.pixels, j.train.rows, 0)
	}
	out, err := read(j.train, z0)
	if err != nil {
		return fmt.Errorf("reading the training rows: %w", err)
	}
	t.trainAccuracy, t.testOutputs = inverse.Accuracy(out, j.train.labels), out
	for _, part := range []struct {
		rows dataset
		dst  **float64
	}{{j.rest, &t.restAccuracy}, {j.test, &t.testAccuracy}} {
		if part.rows.rows == 0 {
			continue
		}
		if out, err = read(part.rows, j.predictionStart(part.rows.rows)); err != nil {
			return fmt.Errorf("reading the test rows: %w", err)
		}
		a := inverse.Accuracy(out, part.rows.labels)
		*part.dst, t.testOutputs = &a, out
	}
	return nil
}

// predictionStart are the latents that so many rows are read from, samples as
// columns, or nil for zeros.
func (j *trainJob) predictionStart(rows int) []float64 {
	if !j.settings.initial.is(startNotebook) {
		return nil
	}
	_, _, z0 := randomstate.NotebookStart(j.settings.seed, j.settings.latents, j.train.pixels, j.train.rows, rows)
	return z0
}

// outputs are what a model gives for rows.
func outputs[T inverse.Float](j *trainJob, m *inverse.Model[T], d dataset, z0 []float64) (inverse.Matrix[float64], error) {
	var start inverse.Matrix[T]
	if z0 != nil {
		start = sampleRows[T](m.Generator.Latents(), d.rows, z0)
	}
	out, err := m.Predict(observations[T](d), start, inverse.Compute[T]{Threads: j.threads})
	if err != nil {
		return inverse.Matrix[float64]{}, err
	}
	return widened(out), nil
}

func (j *trainJob) modelInfo() modelfile.Info {
	return modelfile.Info{
		Recipe:       j.recipe,
		Seed:         j.settings.seed,
		Start:        j.settings.startOf(),
		TrainSamples: j.train.rows,
		ImageHeight:  j.train.imaging.height,
		ImageWidth:   j.train.imaging.width,
		Scaling:      j.scaling,
		PixelMin:     j.low,
		PixelMax:     j.high,
		Classes:      j.classes,
		Training:     j.settings.json(),
	}
}

func observations[T inverse.Float](d dataset) inverse.Matrix[T] {
	return inverse.FromFloat64[T](d.rows, d.pixels, d.x)
}

// sampleRows turns latents drawn with samples as columns into rows.
func sampleRows[T inverse.Float](latents, samples int, z []float64) inverse.Matrix[T] {
	return inverse.FromFloat64[T](latents, samples, z).Transposed()
}

package cli

import (
	"fmt"
	"time"

	"github.com/inversenet/inversenet/internal/modelfile"
	"github.com/inversenet/inversenet/internal/randomstate"
	"github.com/inversenet/inversenet/inverse"
)

// trainJob is a training, ready to run.
type trainJob struct {
	recipe      string
	settings    settings
	threads     int
	train, test dataset
	progress    func(inverse.Progress)
}

// trained is what a training gives, whatever its element type.
type trained struct {
	history       []float64
	finalLoss     float64
	elapsed       time.Duration
	trainAccuracy float64
	testAccuracy  *float64
	solver        string
	atoms         inverse.Matrix[float64] // W
	save          func(path string) error // writes the model
}

func (j trainJob) run() (*trained, error) {
	if j.settings.precision == float32Precision {
		return trainModel[float32](j)
	}
	return trainModel[float64](j)
}

func trainModel[T inverse.Float](j trainJob) (*trained, error) {
	s := j.settings
	z0, w0, testZ0 := randomstate.NotebookStart(s.seed, s.latents, j.train.pixels, j.train.rows, j.test.rows)
	generator := &inverse.Linear[T]{W: inverse.FromFloat64[T](j.train.pixels, s.latents, w0)}
	model := &inverse.Model[T]{Generator: generator, Inner: s.inner()}
	data := inverse.Data[T]{
		X:      observations[T](j.train),
		Start:  sampleRows[T](s.latents, j.train.rows, z0),
		Labels: j.train.labels,
	}
	compute := inverse.Compute[T]{Threads: j.threads}
	outer := inverse.Outer[T]{Steps: s.outerSteps, GeneratorRate: s.outerLR, Compute: compute, Progress: j.progress}
	fit, err := inverse.Fit(model, data, inverse.SoftmaxCrossEntropy{}, outer)
	if err != nil {
		return nil, err
	}
	t := &trained{
		history:   fit.LossHistory,
		finalLoss: fit.FinalLoss,
		elapsed:   fit.Elapsed,
		solver:    fit.Form.String(),
		atoms:     inverse.FromMat[float64](generator.W.Dense()),
		save:      func(path string) error { return modelfile.Write(path, model, j.modelInfo()) },
	}
	if t.trainAccuracy, err = accuracy(model, data.X, data.Start, data.Labels, compute); err != nil {
		return nil, fmt.Errorf("reading the training rows: %w", err)
	}
	if j.test.rows == 0 {
		return t, nil
	}
	a, err := accuracy(model, observations[T](j.test), sampleRows[T](s.latents, j.test.rows, testZ0), j.test.labels, compute)
	if err != nil {
		return nil, fmt.Errorf("reading the test rows: %w", err)
	}
	t.testAccuracy = &a
	return t, nil
}

func (j trainJob) modelInfo() modelfile.Info {
	return modelfile.Info{
		Recipe:       j.recipe,
		Seed:         j.settings.seed,
		Start:        modelfile.StartNotebook,
		TrainSamples: j.train.rows,
		ImageHeight:  j.train.imaging.height,
		ImageWidth:   j.train.imaging.width,
	}
}

func accuracy[T inverse.Float](m *inverse.Model[T], x, z0 inverse.Matrix[T], labels []int, c inverse.Compute[T]) (float64, error) {
	out, err := m.Predict(x, z0, c)
	if err != nil {
		return 0, err
	}
	return inverse.Accuracy(out, labels), nil
}

func observations[T inverse.Float](d dataset) inverse.Matrix[T] {
	return inverse.FromFloat64[T](d.rows, d.pixels, d.x)
}

// sampleRows turns latents drawn with samples as columns into rows.
func sampleRows[T inverse.Float](latents, samples int, z []float64) inverse.Matrix[T] {
	return inverse.FromFloat64[T](latents, samples, z).Transposed()
}

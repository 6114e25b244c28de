package experiment

import (
	"bytes"

	"github.com/inversenet/inversenet/internal/dataset"
	"github.com/inversenet/inversenet/internal/randomstate"
	"github.com/inversenet/inversenet/inverse"
	"github.com/inversenet/inversenet/inverse/modelfile"
)

// read is what a model says about rows of the data, which are scaled already: by
// the protocol of the published experiment where the model started as that does,
// else as the model will when it is saved.
func read[T inverse.Float](j *Job, m *inverse.Model[T], into *modelfile.Prediction[float64], d dataset.Dataset, z0 func() []float64) error {
	if j.Published() {
		return readAsPublished(j, m, into, d, z0())
	}
	return readAsSaved(j, m, into, d)
}

// readAsSaved reads rows with the model as its file will hold it, but for the
// scaling: with the step of training, from one start, each row by itself.
func readAsSaved[T inverse.Float](j *Job, m *inverse.Model[T], into *modelfile.Prediction[float64], d dataset.Dataset) error {
	info := j.modelInfo()
	info.Scaling = modelfile.Scaling{}
	var b bytes.Buffer
	if err := modelfile.Write(&b, m, info); err != nil {
		return err
	}
	f, err := modelfile.Read(&b)
	if err != nil {
		return err
	}
	p, err := modelfile.NewPredictor[float64](f, j.Threads)
	if err != nil {
		return err
	}
	return p.Predict(into, observations[float64](d))
}

// Published reports whether rows are read as the published experiment reads them:
// each from a start of its own that was drawn at random, and under the reduction
// mean-all with the step of the batch that is read.
func (j *Job) Published() bool { return j.Settings.initial.is(startNotebook) }

func readAsPublished[T inverse.Float](j *Job, m *inverse.Model[T], into *modelfile.Prediction[float64], d dataset.Dataset, z0 []float64) error {
	atHand := *m
	atHand.Inner.Samples = 0 // those of the batch that is read
	z, err := atHand.Invert(observations[T](d), sampleRows[T](m.Generator.Latents(), d.Rows, z0), inverse.Compute[T]{Threads: j.Threads})
	if err != nil {
		return err
	}
	if into.Outputs.Rows > 0 {
		out := z
		if m.Head != nil {
			out = inverse.NewMatrix[T](d.Rows, m.Outputs())
			m.Head.Generate(out, z)
		}
		into.Outputs = widened(out)
	}
	if into.Reconstructions.Rows > 0 {
		x := inverse.NewMatrix[T](d.Rows, d.Pixels)
		m.Generator.Generate(x, z)
		into.Reconstructions = widened(x)
	}
	return nil
}

// trainingStart are the latents that the rows trained on are read from, samples
// as columns.
func (j *Job) trainingStart() []float64 {
	z0, _, _ := randomstate.NotebookStart(j.Settings.seed, j.Settings.latents, j.Train.Pixels, j.Train.Rows, 0)
	return z0
}

// predictionStart are those that so many other rows are read from.
func (j *Job) predictionStart(rows int) []float64 {
	_, _, z0 := randomstate.NotebookStart(j.Settings.seed, j.Settings.latents, j.Train.Pixels, j.Train.Rows, rows)
	return z0
}

// outputs are what a model gives for rows that it was not trained on.
func outputs[T inverse.Float](j *Job, m *inverse.Model[T], d dataset.Dataset) (inverse.Matrix[float64], error) {
	into := modelfile.Prediction[float64]{Outputs: inverse.NewMatrix[float64](d.Rows, m.Outputs())}
	err := read(j, m, &into, d, func() []float64 { return j.predictionStart(d.Rows) })
	return into.Outputs, err
}

func observations[T inverse.Float](d dataset.Dataset) inverse.Matrix[T] {
	return inverse.FromFloat64[T](d.Rows, d.Pixels, d.X)
}

// sampleRows turns latents drawn with samples as columns into rows.
func sampleRows[T inverse.Float](latents, samples int, z []float64) inverse.Matrix[T] {
	return inverse.FromFloat64[T](latents, samples, z).Transposed()
}

func widened[T inverse.Float](m inverse.Matrix[T]) inverse.Matrix[float64] {
	return inverse.FromMat[float64](m.Dense())
}

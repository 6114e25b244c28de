package experiment

import (
	"github.com/inversenet/inversenet/internal/dataset"
	"github.com/inversenet/inversenet/internal/randomstate"
	"github.com/inversenet/inversenet/inverse"
)

// predictionStart are the latents that so many rows are read from, samples as
// columns, or nil for zeros.
func (j *Job) predictionStart(rows int) []float64 {
	if !j.Settings.initial.is(startNotebook) {
		return nil
	}
	_, _, z0 := randomstate.NotebookStart(j.Settings.seed, j.Settings.latents, j.Train.Pixels, j.Train.Rows, rows)
	return z0
}

// outputs are what a model gives for rows.
func outputs[T inverse.Float](j *Job, m *inverse.Model[T], d dataset.Dataset, z0 []float64) (inverse.Matrix[float64], error) {
	out, err := m.Predict(observations[T](d), startRows(m, d.Rows, z0), inverse.Compute[T]{Threads: j.Threads})
	if err != nil {
		return inverse.Matrix[float64]{}, err
	}
	return widened(out), nil
}

// reconstructed are the images G(z) that a model generates from the latents it
// finds for the rows of d.
func reconstructed[T inverse.Float](j *Job, m *inverse.Model[T], d dataset.Dataset, z0 []float64) (inverse.Matrix[float64], error) {
	z, err := m.Invert(observations[T](d), startRows(m, d.Rows, z0), inverse.Compute[T]{Threads: j.Threads})
	if err != nil {
		return inverse.Matrix[float64]{}, err
	}
	x := inverse.NewMatrix[T](d.Rows, d.Pixels)
	m.Generator.Generate(x, z)
	return widened(x), nil
}

// startRows are starts with samples as rows; none stand for zeros.
func startRows[T inverse.Float](m *inverse.Model[T], samples int, z0 []float64) (start inverse.Matrix[T]) {
	if z0 != nil {
		start = sampleRows[T](m.Generator.Latents(), samples, z0)
	}
	return start
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

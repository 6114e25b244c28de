package command

import (
	"fmt"

	"github.com/inversenet/inversenet/internal/dataset"
	"github.com/inversenet/inversenet/internal/modelfile"
	"github.com/inversenet/inversenet/internal/randomstate"
	"github.com/inversenet/inversenet/inverse"
)

// starts are the latents that a model's inversions of so many rows start from; a
// matrix without rows stands for zeros.
func starts[T inverse.Float](f *modelfile.File, rows int) inverse.Matrix[T] {
	if f.Start != modelfile.StartNotebook {
		return inverse.Matrix[T]{}
	}
	_, _, z0 := randomstate.NotebookStart(f.Seed, f.Latents, f.Pixels, f.TrainSamples, rows)
	return sampleRows[T](f.Latents, rows, z0)
}

// prepare makes data what the model reads: pixels scaled as in training, labels
// numbered by outputs.
func prepare(d *dataset.Dataset, f *modelfile.File) error {
	if err := fitPixels(d, f); err != nil {
		return err
	}
	f.Scaling.Apply(d.X, d.Pixels)
	if d.Labels != nil {
		d.NumberLabels(classNames(f))
	}
	return nil
}

// asTrained is a model's inversion with the step it had in training, whatever
// the size of a batch.
func asTrained(f *modelfile.File) inverse.Inner {
	in := f.Inner
	if in.Reduction == inverse.MeanAll {
		in.Reduction = inverse.MeanPixels
		in.LearningRate /= float64(f.TrainSamples)
	}
	return in
}

// fitPixels wants observations that the model can read; one number more in a row
// is the label.
func fitPixels(d *dataset.Dataset, f *modelfile.File) error {
	if d.Labels == nil && d.Pixels == f.Pixels+1 {
		if err := d.TakeLabels(); err != nil {
			return err
		}
	}
	if d.Pixels != f.Pixels {
		return fmt.Errorf("%s: rows of %d pixels, want %d as the model has", d.Name, d.Pixels, f.Pixels)
	}
	return nil
}

// sampleRows turns latents drawn with samples as columns into rows.
func sampleRows[T inverse.Float](latents, samples int, z []float64) inverse.Matrix[T] {
	return inverse.FromFloat64[T](latents, samples, z).Transposed()
}

package cli

import (
	"encoding/json"
	"fmt"
	"image"
	"io"
	"path/filepath"

	"gonum.org/v1/plot/vg"

	"github.com/inversenet/inversenet/internal/pictures"
	"github.com/inversenet/inversenet/internal/plots"
	"github.com/inversenet/inversenet/inverse"
	"github.com/inversenet/inversenet/kernels"
)

// Files that train writes.
const (
	modelName   = "model.safetensors"
	lossPNGName = "loss.png"
	lossSVGName = "loss.svg"
	atomsName   = "atoms.png"

	checkpointName = "checkpoint.safetensors" // of a training that was interrupted
)

var trainFiles = [...]string{modelName, lossPNGName, lossSVGName, atomsName}

// Size of a loss curve.
const (
	curveWidth  = 440 * vg.Length(1)
	curveHeight = 280 * vg.Length(1)
)

func (t *trained) writeFiles(dir string, j *trainJob) error {
	if err := t.save(filepath.Join(dir, modelName)); err != nil {
		return err
	}
	curve := plots.LossCurve(plots.Curve{
		Title:  "Loss while training",
		Values: t.history,
		Log:    plots.SpansDecade(t.history),
	})
	if err := plots.SavePNG(filepath.Join(dir, lossPNGName), curve, curveWidth, curveHeight); err != nil {
		return err
	}
	if err := plots.SaveSVG(filepath.Join(dir, lossSVGName), curve, curveWidth, curveHeight); err != nil {
		return err
	}
	return plots.SaveImage(filepath.Join(dir, atomsName), atomPicture(t.atoms, j.train.imaging))
}

// maxAtoms is the most atoms on one picture.
const maxAtoms = 400

// atomPicture shows the columns of w as grey images, or the first 400 of them.
func atomPicture(w inverse.Matrix[float64], shape imageShape) image.Image {
	count := min(w.Cols, maxAtoms)
	values := make([]float64, 0, w.Rows*count)
	for i := range w.Rows {
		values = append(values, w.Row(i)[:count]...)
	}
	columns := pictures.AtomColumns(count)
	// Together they are about 800 pixels wide, and none much more than 120.
	scale := max(1, min(tileScale(shape), 800/(columns*(shape.width+1))))
	return pictures.Atoms(values, shapeOf(shape), count, columns, scale)
}

// tileScale makes an image about 120 points large.
func tileScale(shape imageShape) int { return max(1, 120/max(shape.height, shape.width)) }

func newReport(j *trainJob, t *trained, isa kernels.ISA) jsonReport {
	return jsonReport{
		Recipe:        j.recipe,
		ISA:           isa.String(),
		Precision:     j.settings.precision.String(),
		Threads:       j.cores(),
		Solver:        t.solver,
		LossHistory:   t.history,
		FinalLoss:     t.finalLoss,
		TrainAccuracy: t.trainAccuracy,
		TestAccuracy:  t.testAccuracy,
		TrainSeconds:  t.elapsed.Seconds(),

		Seed:            j.settings.seed,
		Iterations:      len(t.history),
		RestRows:        j.restRows(),
		RestAccuracy:    t.restAccuracy,
		AccuracyHistory: t.accuracies,
		Settings:        json.RawMessage(j.settings.json()),
	}
}

// summarize says how a training ended and where things are.
func (t *trained) summarize(w io.Writer, j *trainJob, o trainOptions) {
	if len(t.history) > 0 {
		fmt.Fprintf(w, "loss            %.6f, at the start %.6f\n", t.finalLoss, t.history[0])
	} else {
		fmt.Fprintf(w, "loss            %.6f\n", t.finalLoss)
	}
	fmt.Fprintf(w, "train accuracy  %.2f %% of rows %v\n", 100*t.trainAccuracy, j.settings.trainRows)
	if t.testAccuracy != nil {
		fmt.Fprintf(w, "test accuracy   %.2f %% of rows %v\n", 100**t.testAccuracy, j.settings.testRows)
	}
	if t.restAccuracy != nil && j.rest.rows > j.test.rows {
		fmt.Fprintf(w, "to the end      %.2f %% of rows %s\n", 100**t.restAccuracy, *j.restRows())
	}
	fmt.Fprintf(w, "time            %s, solver %s\n", short(t.elapsed), t.solver)
	for i, path := range o.written(j) {
		label := "written"
		if i > 0 {
			label = ""
		}
		fmt.Fprintf(w, "%-15s %s\n", label, path)
	}
}

// restRows names the rows from the first test row to the end of the data.
func (j *trainJob) restRows() *string {
	if j.rest.rows == 0 {
		return nil
	}
	from := j.settings.testRows.from
	r := rowRange{from: from, to: from + j.rest.rows}.String()
	return &r
}

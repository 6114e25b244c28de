package report

import (
	"path/filepath"

	"gonum.org/v1/plot/vg"

	"github.com/inversenet/inversenet/internal/experiment"
	"github.com/inversenet/inversenet/internal/figures"
)

// Files of a training's folder.
const (
	ModelName  = "model.safetensors"
	lossPNG    = "loss.png"
	lossSVG    = "loss.svg"
	atomsPNG   = "atoms.png"
	confusions = "confusion.png"
	misreads   = "misread.png"
	accuracies = "accuracy.png"

	// CheckpointName is of a training that was interrupted.
	CheckpointName = "checkpoint.safetensors"
)

// Size of a curve.
const (
	CurveWidth  = 440 * vg.Length(1)
	CurveHeight = 280 * vg.Length(1)
)

// FolderFiles are the names of the files that WriteFolder writes for a job.
func FolderFiles(j *experiment.Job) []string {
	files := []string{ModelName, lossPNG, lossSVG, atomsPNG, confusions, misreads}
	if j.Test.Rows > 0 && j.OuterSteps() > 0 {
		files = append(files, accuracies)
	}
	return files
}

// WriteFolder writes the model, its loss curve, its atoms and what it reads into a
// folder, which must exist.
func WriteFolder(dir string, t *experiment.Result, r experiment.Readings) error {
	if err := t.Save(filepath.Join(dir, ModelName)); err != nil {
		return err
	}
	loss := figures.LossCurve(figures.Curve{
		Title:  "Loss while training",
		Values: t.History,
		Log:    figures.SpansDecade(t.History),
	})
	if err := figures.SavePNG(filepath.Join(dir, lossPNG), loss, CurveWidth, CurveHeight); err != nil {
		return err
	}
	if err := figures.SaveSVG(filepath.Join(dir, lossSVG), loss, CurveWidth, CurveHeight); err != nil {
		return err
	}
	shape := figures.Shape(t.Job.Train.Shape)
	if err := figures.SaveImage(filepath.Join(dir, atomsPNG), figures.AtomSheet(t.Atoms.Data, shape, t.Atoms.Cols)); err != nil {
		return err
	}
	return writeReadings(dir, t, r)
}

// writeReadings writes the confusion matrix, what was misread, and the accuracy
// curve where there is one.
func writeReadings(dir string, t *experiment.Result, r experiment.Readings) error {
	if err := SaveConfusion(filepath.Join(dir, confusions), r); err != nil {
		return err
	}
	misread := misreadFigure(r, figures.Shape(t.Job.Train.Shape))
	w, h := misread.Size()
	if err := figures.SavePNG(filepath.Join(dir, misreads), misread, w, h); err != nil {
		return err
	}
	if len(t.Accuracies) == 0 {
		return nil
	}
	steps, values := t.AccuracyHistory()
	curve := figures.AccuracyCurve("Accuracy on the test rows", steps, values)
	return figures.SavePNG(filepath.Join(dir, accuracies), curve, CurveWidth, CurveHeight)
}

// SaveConfusion draws the confusion matrix into a file whose name ends in .svg or
// .png.
func SaveConfusion(path string, r experiment.Readings) error {
	figure := figures.Confusion{Counts: r.Confusion(), Classes: r.Classes}
	w, h := figure.Size()
	if filepath.Ext(path) == ".svg" {
		return figures.SaveSVG(path, figure, w, h)
	}
	return figures.SavePNG(path, figure, w, h)
}

// misreadFigure is of the 25 that the model was surest of.
func misreadFigure(r experiment.Readings, shape figures.Shape) figures.Misread {
	const most = 25
	figure := figures.Misread{Shape: shape}
	rows := r.Misread()
	for _, i := range rows[:min(len(rows), most)] {
		class := experiment.Class(r.Probabilities[i])
		figure.Readings = append(figure.Readings, figures.Reading{
			Row: r.FirstRow + i, Image: r.Images[i], Generated: r.Generated[i],
			Label: r.Classes[r.Labels[i]], Class: r.Classes[class], Probability: r.Probabilities[i][class],
		})
	}
	return figure
}

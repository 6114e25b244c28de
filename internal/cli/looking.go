package cli

import (
	"path/filepath"
	"slices"
	"strconv"

	"gonum.org/v1/plot/vg"

	"github.com/inversenet/inversenet/internal/pictures"
	"github.com/inversenet/inversenet/internal/plots"
	"github.com/inversenet/inversenet/internal/report"
	"github.com/inversenet/inversenet/inverse"
)

// Files with pictures that train writes besides its loss curve and the atoms.
const (
	accuracyName  = "accuracy.png"
	confusionName = "confusion.png"
	misreadName   = "misread.png"
)

// pictureFiles lists those that a job gives.
func (j *trainJob) pictureFiles() []string {
	files := []string{confusionName, misreadName}
	if j.test.rows > 0 && j.settings.steps(j.train.rows) > 0 {
		files = append(files, accuracyName)
	}
	return files
}

// seen is the rows that pictures show: those tested on, or else those trained on.
func (j *trainJob) seen() (d dataset, rows rowRange, what string) {
	if j.test.rows > 0 {
		return j.test, j.settings.testRows, "test rows"
	}
	return j.train, j.settings.trainRows, "training rows"
}

// readings are what the model reads in the rows that pictures show, with what it
// generates from the latents that it finds.
func (t *trained) readings(j *trainJob) (report.Readings, error) {
	d, rows, what := j.seen()
	generated, err := t.generated(d)
	if err != nil {
		return report.Readings{}, err
	}
	r := readings(d, namesOr(j.classes, t.testOutputs.Cols), t.testOutputs)
	r.Name, r.FirstRow = what+" "+rows.String(), rows.from
	for i := range d.rows {
		r.Images = append(r.Images, d.x[i*d.pixels:(i+1)*d.pixels])
		r.Generated = append(r.Generated, generated.Row(i))
	}
	return r, nil
}

// namesOr are the given ones, or numbers where there are none.
func namesOr(names []string, outputs int) []string {
	names = slices.Clone(names)
	for k := len(names); k < outputs; k++ {
		names = append(names, strconv.Itoa(k))
	}
	return names
}

// reconstructed are the images G(z) that a model generates from the latents it
// finds for the rows of d.
func reconstructed[T inverse.Float](j *trainJob, m *inverse.Model[T], d dataset, z0 []float64) (inverse.Matrix[float64], error) {
	var start inverse.Matrix[T]
	if z0 != nil {
		start = sampleRows[T](m.Generator.Latents(), d.rows, z0)
	}
	z, err := m.Invert(observations[T](d), start, inverse.Compute[T]{Threads: j.threads})
	if err != nil {
		return inverse.Matrix[float64]{}, err
	}
	x := inverse.NewMatrix[T](d.rows, d.pixels)
	m.Generator.Generate(x, z)
	return widened(x), nil
}

// writePictures writes the confusion matrix, what was misread, and the accuracy
// curve where there is one.
func (t *trained) writePictures(dir string, j *trainJob, r report.Readings) error {
	confusion := pictures.Confusion{Counts: r.Confusion(), Classes: r.Classes}
	w, h := confusion.Size()
	if err := plots.SavePNG(filepath.Join(dir, confusionName), confusion, w, h); err != nil {
		return err
	}
	misread := misreadPicture(r, shapeOf(j.train.imaging))
	w, h = misread.Size()
	if err := plots.SavePNG(filepath.Join(dir, misreadName), misread, w, h); err != nil {
		return err
	}
	if len(t.accuracies) == 0 {
		return nil
	}
	steps, values := t.accuracyHistory()
	curve := plots.AccuracyCurve("Accuracy on the test rows", steps, values)
	return plots.SavePNG(filepath.Join(dir, accuracyName), curve, 440*vg.Length(1), 280*vg.Length(1))
}

func shapeOf(s imageShape) pictures.Shape { return pictures.Shape{Height: s.height, Width: s.width} }

// misreadPicture is of the 25 that the model was surest of.
func misreadPicture(r report.Readings, shape pictures.Shape) pictures.Misread {
	const most = 25
	picture := pictures.Misread{Shape: shape}
	rows := r.Misread()
	for _, i := range rows[:min(len(rows), most)] {
		class := report.Class(r.Probabilities[i])
		picture.Readings = append(picture.Readings, pictures.Reading{
			Row: r.FirstRow + i, Image: r.Images[i], Generated: r.Generated[i],
			Label: r.Classes[r.Labels[i]], Class: r.Classes[class], Probability: r.Probabilities[i][class],
		})
	}
	return picture
}

func (t *trained) accuracyHistory() (steps []int, values []float64) {
	for _, a := range t.accuracies {
		steps, values = append(steps, a.Step), append(values, a.Accuracy)
	}
	return steps, values
}

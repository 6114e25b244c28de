// Package experiment trains a model on data by the settings of a recipe and says
// how well it reads. It knows nothing of command lines and terminals; settings
// have the names of their flags, and errors spell them so.
package experiment

import (
	"context"
	"fmt"
	"runtime"
	"slices"

	"github.com/inversenet/inversenet/internal/dataset"
	"github.com/inversenet/inversenet/internal/usage"
	"github.com/inversenet/inversenet/inverse"
	"github.com/inversenet/inversenet/inverse/modelfile"
)

// Job is a training, ready to run.
type Job struct {
	Recipe   string
	Settings Settings
	Threads  int             // 0 for one on each core
	Train    dataset.Dataset // scaled, labels numbered by outputs
	Test     dataset.Dataset
	Rest     dataset.Dataset // from the first test row to the end of the data
	Classes  []string
	Scaling  modelfile.Scaling

	// Checkpoints says where and when the training is saved.
	Checkpoints Checkpoints
	// Progress, when not nil, is told after each iteration.
	Progress func(Progress)
	// Trained, when not nil, is called when the last iteration is over and what is
	// left is to read the rows.
	Trained func()

	warnings  []string  // about the rows as they stand in the data
	mean      []float64 // row of the training data, before scaling
	low, high float64   // least and largest number of the training rows, before scaling
}

// NewJob checks that the data goes with the settings of the recipe, takes the
// rows that they name and scales them. It writes to the data.
func NewJob(r Recipe, data dataset.Dataset, threads int) (*Job, error) {
	job := &Job{Recipe: r.Name, Settings: r.Settings, Threads: threads}
	set := &job.Settings
	if err := set.Validate(); err != nil {
		return nil, err
	}
	if err := CheckThreads(threads); err != nil {
		return nil, err
	}
	var err error
	switch {
	case set.head.kind != headNone || set.latents == 0:
		if job.Classes, err = data.AssignClasses(); err != nil {
			return nil, err
		}
	case data.LabelNames != nil && len(data.LabelNames) <= set.latents:
		job.Classes = append([]string(nil), data.LabelNames...)
		for k := len(job.Classes); k < set.latents; k++ {
			job.Classes = append(job.Classes, fmt.Sprintf("output %d", k))
		}
	}
	if err := job.slice(data); err != nil {
		return nil, err
	}
	if err := job.Train.CheckLabels(job.outputs()); err != nil {
		return nil, err
	}
	return job, job.Test.CheckLabels(job.outputs())
}

// CheckThreads wants a number of goroutines that can help.
func CheckThreads(threads int) error {
	const most = 4096 // beyond this, more help on no machine
	if threads < 0 || threads > most {
		return usage.Errorf("--threads %d: want 0 for one on each core, or a number up to %d", threads, most)
	}
	return nil
}

// slice takes the rows of the data that the settings name, and scales them.
func (j *Job) slice(data dataset.Dataset) (err error) {
	set := &j.Settings
	if j.Train, err = data.Slice("train-rows", set.trainRows); err != nil {
		return err
	}
	j.warnOf()
	j.mean = meanRow(j.Train)
	j.low, j.high = slices.Min(j.Train.X), slices.Max(j.Train.X)
	j.Scaling = scalingOf(set.scaling, j.Train)
	j.Scaling.Apply(data.X, data.Pixels)
	if j.Test, err = data.Slice("test-rows", set.testRows); err != nil || set.testRows.None {
		return err
	}
	j.Rest, err = data.Slice("test-rows", dataset.Range{From: set.testRows.From, To: data.Rows})
	return err
}

// Latents is K.
func (j *Job) Latents() int {
	if j.Settings.latents == 0 {
		return len(j.Classes)
	}
	return j.Settings.latents
}

// outputs is the number of classes that the model can tell apart.
func (j *Job) outputs() int {
	if j.Classes != nil {
		return len(j.Classes)
	}
	return j.Settings.latents
}

// Cores is the number of goroutines that Threads asks for.
func (j *Job) Cores() int {
	if j.Threads == 0 {
		return runtime.GOMAXPROCS(0)
	}
	return j.Threads
}

// InnerSteps is N.
func (j *Job) InnerSteps() int { return j.Settings.innerSteps }

// OuterSteps is M.
func (j *Job) OuterSteps() int { return j.Settings.steps(j.Train.Rows) }

// Precision is the element type of the model, f32 or f64.
func (j *Job) Precision() string { return j.Settings.precision.String() }

// Seed is that of all that is random.
func (j *Job) Seed() uint32 { return j.Settings.seed }

// TrainRows are the rows that are trained on.
func (j *Job) TrainRows() dataset.Range { return j.Settings.trainRows }

// TestRows are the rows that are tested on.
func (j *Job) TestRows() dataset.Range { return j.Settings.testRows }

// RestRows are those from the first test row to the end of the data, or none.
func (j *Job) RestRows() dataset.Range {
	if j.Rest.Rows == 0 {
		return dataset.None
	}
	from := j.Settings.testRows.From
	return dataset.Range{From: from, To: from + j.Rest.Rows}
}

// Run trains and assesses. Should ctx be cancelled while it trains, it saves where
// the training stands and returns an [Interrupted].
func (j *Job) Run(ctx context.Context) (*Result, error) {
	if j.Settings.precision.is(float32Precision) {
		return run[float32](ctx, j)
	}
	return run[float64](ctx, j)
}

func run[T inverse.Float](ctx context.Context, j *Job) (*Result, error) {
	model, z0, err := startModel[T](j)
	if err != nil {
		return nil, err
	}
	data := inverse.Data[T]{X: observations[T](j.Train), Start: z0, Labels: j.Train.Labels}
	fit, err := newFit(ctx, j, model, data)
	if err != nil {
		return nil, err
	}
	if err := fit.run(); err != nil {
		return nil, err
	}
	if j.Trained != nil {
		j.Trained()
	}
	return newResult(fit)
}

// batch is the number of samples of an iteration.
func (j *Job) batch() int {
	if b := j.Settings.batch; b > 0 && b < j.Train.Rows {
		return b
	}
	return j.Train.Rows
}

func (j *Job) modelInfo() modelfile.Info {
	return modelfile.Info{
		Recipe:       j.Recipe,
		Seed:         j.Settings.seed,
		TrainSamples: j.Train.Rows,
		ImageHeight:  j.Train.Shape.Height,
		ImageWidth:   j.Train.Shape.Width,
		Scaling:      j.Scaling,
		PixelMin:     j.low,
		PixelMax:     j.high,
		Mean:         j.mean,
		Classes:      j.Classes,
		Training:     j.Settings.JSON(),
	}
}

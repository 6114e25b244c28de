package experiment

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/inversenet/inversenet/inverse"
)

// Progress is what a training tells while it runs.
type Progress struct {
	inverse.Progress
	Accuracy *float64 // on the test rows, measured last; nil before
}

// fit is a training that runs: inverse.Fit with stops.
type fit[T inverse.Float] struct {
	ctx     context.Context
	job     *Job
	model   *inverse.Model[T]
	trainer *inverse.Trainer[T]
	steps   int
	id      string // of the job, in checkpoints

	done       int
	history    []float64
	accuracies []AccuracyAt
	finalLoss  float64

	// The clock runs while training does, not while accuracies are measured or
	// files are written.
	elapsed time.Duration
	started time.Time
	// How long work took when it was done last.
	lastStep, lastMeasure time.Duration

	before *inverse.State[T] // before the work that was interrupted
}

// newFit prepares a training, which its clock counts, and continues from the
// checkpoint if there is one.
func newFit[T inverse.Float](ctx context.Context, j *Job, m *inverse.Model[T], d inverse.Data[T]) (*fit[T], error) {
	f := &fit[T]{ctx: ctx, job: j, model: m, steps: j.Settings.steps(j.Train.Rows), lastStep: patience, lastMeasure: patience}
	f.history, f.accuracies = []float64{}, []AccuracyAt{} // empty lists in reports, not null
	augment, err := distortions[T](j)
	if err != nil {
		return nil, err
	}
	s := &j.Settings
	outer := inverse.Outer[T]{
		Steps:           f.steps,
		GeneratorRate:   s.outerLR,
		HeadRate:        s.headLR,
		InnerRate:       s.learnLR,
		LearnSteps:      s.learnSteps,
		LearnThresholds: s.learnThreshold,
		Optimizer:       s.optim(),
		Schedule:        s.rates(),
		ClipNorm:        s.clip,
		BatchSize:       s.batch,
		Seed:            uint64(s.seed),
		Augment:         augment,
		Compute:         inverse.Compute[T]{Threads: j.Threads},
	}
	f.resumeClock()
	if f.trainer, err = inverse.NewTrainer(m, d, s.loss(), outer); err != nil {
		return nil, err
	}
	f.stopClock()
	return f, f.restore()
}

func (f *fit[T]) resumeClock() { f.started = time.Now() }

func (f *fit[T]) stopClock() {
	if !f.started.IsZero() {
		f.elapsed += time.Since(f.started)
		f.started = time.Time{}
	}
}

// run takes the iterations that are left.
func (f *fit[T]) run() error {
	err := f.train()
	if errors.Is(err, errInterrupted) {
		return f.interrupted()
	}
	return err
}

func (f *fit[T]) train() error {
	if err := f.measureAt(f.done); err != nil { // what an interrupt left out
		return err
	}
	f.resumeClock()
	for f.done < f.steps {
		var loss float64
		err := f.patiently(&f.lastStep, func() (err error) {
			loss, err = f.trainer.Step(context.Background())
			return err
		})
		if err != nil {
			return err
		}
		f.history = append(f.history, loss)
		f.done++
		if err := f.afterStep(loss); err != nil {
			return err
		}
	}
	var final float64
	err := f.patiently(&f.lastStep, func() (err error) {
		final, err = f.trainer.Loss(context.Background())
		return err
	})
	if err != nil {
		return err
	}
	f.finalLoss = final
	f.stopClock()
	return nil
}

// afterStep is what lies between two iterations.
func (f *fit[T]) afterStep(loss float64) error {
	f.stopClock()
	if err := f.measureAt(f.done); err != nil {
		return err
	}
	f.resumeClock()
	if f.job.Progress != nil {
		p := Progress{Progress: inverse.Progress{Step: f.done, Steps: f.steps, Loss: loss, Elapsed: f.elapsed + time.Since(f.started)}}
		if n := len(f.accuracies); n > 0 {
			p.Accuracy = &f.accuracies[n-1].Accuracy
		}
		f.job.Progress(p)
	}
	if f.job.Checkpoints.due(f.done, f.steps) {
		f.stopClock()
		if err := f.save(f.job.Checkpoints.Path, f.trainer.State()); err != nil {
			return err
		}
		f.resumeClock()
	}
	if f.ctx.Err() != nil {
		return errInterrupted
	}
	return nil
}

// watchAt says after which iterations the accuracy is measured: twenty of them,
// evenly.
func (j *Job) watchAt(done, steps int) bool {
	const times = 20
	return j.Test.Rows > 0 && done*times/steps > (done-1)*times/steps
}

// measureAt measures the accuracy, if it is due after so many iterations.
func (f *fit[T]) measureAt(done int) error {
	n := len(f.accuracies)
	if done == 0 || !f.job.watchAt(done, f.steps) || n > 0 && f.accuracies[n-1].Step == done {
		return nil
	}
	var out inverse.Matrix[float64]
	err := f.patiently(&f.lastMeasure, func() (err error) {
		out, err = outputs(f.job, f.model, f.job.Test)
		return err
	})
	if errors.Is(err, errInterrupted) {
		return err
	}
	if err != nil {
		return fmt.Errorf("reading the test rows: %w", err)
	}
	f.accuracies = append(f.accuracies, AccuracyAt{done, inverse.Accuracy(out, f.job.Test.Labels)})
	return nil
}

// save writes a checkpoint.
func (f *fit[T]) save(path string, state inverse.State[T]) error {
	c := checkpoint[T]{Job: f.id, State: state, Loss: f.history, Elapsed: f.elapsed}
	for _, a := range f.accuracies {
		c.Accuracy = append(c.Accuracy, [2]float64{float64(a.Step), a.Accuracy})
	}
	return writeCheckpoint(path, c)
}

// restore continues from the checkpoint, if there is one.
func (f *fit[T]) restore() error {
	f.id = f.job.identity()
	path, ok := f.job.Checkpoints.existing()
	if !ok {
		return nil
	}
	c, err := readCheckpoint[T](path, f.id)
	if err != nil {
		return err
	}
	if c.State.Step > f.steps {
		return fmt.Errorf("cannot continue from %s: it is after %d of %d iterations", path, c.State.Step, f.steps)
	}
	if err := f.trainer.Restore(c.State); err != nil {
		return fmt.Errorf("cannot continue from %s: %w", path, err)
	}
	f.done, f.history, f.elapsed = c.State.Step, c.Loss, c.Elapsed
	for _, a := range c.Accuracy {
		f.accuracies = append(f.accuracies, AccuracyAt{int(a[0]), a[1]})
	}
	f.job.Checkpoints.continued(f.done, f.steps)
	return nil
}

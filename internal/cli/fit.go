package cli

import (
	"errors"
	"fmt"
	"time"

	"github.com/inversenet/inversenet/internal/checkpoint"
	"github.com/inversenet/inversenet/inverse"
)

// progress is what a training tells while it runs.
type progress struct {
	inverse.Progress
	accuracy *float64 // measured last, nil before
}

// accuracyAt is the accuracy on the test rows after some iterations.
type accuracyAt struct {
	Step     int     `json:"step"`
	Accuracy float64 `json:"accuracy"`
}

// fit is a training that runs: inverse.Fit with stops.
type fit[T inverse.Float] struct {
	job     *trainJob
	model   *inverse.Model[T]
	trainer *inverse.Trainer[T]
	steps   int
	id      string // of the job, in checkpoints

	done       int
	history    []float64
	accuracies []accuracyAt
	finalLoss  float64

	// The clock runs while training does, not while accuracies are measured or
	// files are written.
	elapsed time.Duration
	started time.Time
	last    time.Duration     // of an iteration
	before  *inverse.State[T] // before an iteration that may be long
}

// newFit prepares a training, which its clock counts, and continues from the
// checkpoint if there is one.
func newFit[T inverse.Float](j *trainJob, m *inverse.Model[T], d inverse.Data[T]) (*fit[T], error) {
	f := &fit[T]{job: j, model: m, steps: j.settings.steps(j.train.rows), last: patience}
	augment, err := distortions[T](j)
	if err != nil {
		return nil, err
	}
	s := &j.settings
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
		Compute:         inverse.Compute[T]{Threads: j.threads},
	}
	f.resumeClock()
	if f.trainer, err = inverse.NewTrainer(m, d, s.loss(), outer); err != nil {
		return nil, err
	}
	f.stopClock()
	return f, f.restore()
}

func (f *fit[T]) resumeClock() { f.started = time.Now() }
func (f *fit[T]) stopClock()   { f.elapsed += time.Since(f.started) }

// run takes the iterations that are left.
func (f *fit[T]) run() error {
	f.resumeClock()
	for f.done < f.steps {
		loss, err := f.step()
		if errors.Is(err, errInterrupted) {
			return f.interrupted()
		}
		if err != nil {
			return err
		}
		f.history = append(f.history, loss)
		f.done++
		if err := f.afterStep(loss); err != nil {
			return err
		}
	}
	var err error
	if f.finalLoss, err = f.trainer.Loss(); err != nil {
		return err
	}
	f.stopClock()
	return nil
}

// afterStep is what lies between two iterations.
func (f *fit[T]) afterStep(loss float64) error {
	if f.job.watchAt(f.done, f.steps) {
		f.stopClock()
		if err := f.measure(); err != nil {
			return err
		}
		f.resumeClock()
	}
	if f.job.progress != nil {
		p := progress{Progress: inverse.Progress{Step: f.done, Steps: f.steps, Loss: loss, Elapsed: f.elapsed + time.Since(f.started)}}
		if n := len(f.accuracies); n > 0 {
			p.accuracy = &f.accuracies[n-1].Accuracy
		}
		f.job.progress(p)
	}
	if f.job.checkpoint.due(f.done, f.steps) {
		f.stopClock()
		if err := f.save(f.job.checkpoint.path, f.trainer.State()); err != nil {
			return err
		}
		f.resumeClock()
	}
	select {
	case <-f.job.interrupt:
		if f.done < f.steps {
			return f.interrupted()
		}
	default:
	}
	return nil
}

// watchAt says after which iterations the accuracy is measured: twenty of them,
// evenly.
func (j *trainJob) watchAt(done, steps int) bool {
	const times = 20
	return j.test.rows > 0 && done*times/steps > (done-1)*times/steps
}

func (f *fit[T]) measure() error {
	out, err := outputs(f.job, f.model, f.job.test, f.job.predictionStart(f.job.test.rows))
	if err != nil {
		return fmt.Errorf("reading the test rows: %w", err)
	}
	f.accuracies = append(f.accuracies, accuracyAt{f.done, inverse.Accuracy(out, f.job.test.labels)})
	return nil
}

// save writes a checkpoint.
func (f *fit[T]) save(path string, state inverse.State[T]) error {
	c := checkpoint.Checkpoint[T]{Job: f.id, State: state, Loss: f.history, Elapsed: f.elapsed}
	for _, a := range f.accuracies {
		c.Accuracy = append(c.Accuracy, [2]float64{float64(a.Step), a.Accuracy})
	}
	return checkpoint.Write(path, c)
}

// restore continues from the checkpoint, if there is one.
func (f *fit[T]) restore() error {
	f.id = f.job.identity()
	path, ok := f.job.checkpoint.existing()
	if !ok {
		return nil
	}
	c, err := checkpoint.Read[T](path, f.id)
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
		f.accuracies = append(f.accuracies, accuracyAt{int(a[0]), a[1]})
	}
	f.job.checkpoint.continued(f.done, f.steps)
	return nil
}

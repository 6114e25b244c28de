package experiment

import (
	"errors"
	"fmt"
	"time"

	"github.com/inversenet/inversenet/inverse"
)

var errInterrupted = errors.New("interrupted")

// Interrupted is the error of a training that was stopped and saved.
type Interrupted struct {
	Done, Steps int    // iterations
	Path        string // of the checkpoint
}

func (e *Interrupted) Error() string {
	return fmt.Sprintf("interrupted after %d of %d iterations, which are saved in %s", e.Done, e.Steps, e.Path)
}

// patience is how long an interrupt waits for work to end. What takes less is not
// interrupted.
const patience = 300 * time.Millisecond

// patiently does work that may be long, like an iteration or a reading of all
// rows. Should an interrupt come while it is, it returns errInterrupted without
// its end, and the training stands where it stood before. How long the work took
// the last time, in last, says whether it may be long.
func (f *fit[T]) patiently(last *time.Duration, work func() error) error {
	start := time.Now()
	defer func() { *last = time.Since(start) }()
	if f.ctx.Done() == nil || *last < patience {
		return work()
	}
	state := f.trainer.State()
	ended := make(chan error, 1)
	go func() { ended <- work() }()
	select {
	case err := <-ended:
		return err
	case <-f.ctx.Done():
	}
	f.before = &state
	select {
	case <-ended: // the state is the one from before all the same
	case <-time.After(patience):
	}
	return errInterrupted
}

// interrupted saves where the training stands.
func (f *fit[T]) interrupted() error {
	f.stopClock()
	var state inverse.State[T]
	if f.before != nil {
		state = *f.before
	} else {
		state = f.trainer.State()
	}
	path := f.job.Checkpoints.whenInterrupted()
	if err := f.save(path, state); err != nil {
		return err
	}
	return &Interrupted{Done: f.done, Steps: f.steps, Path: path}
}

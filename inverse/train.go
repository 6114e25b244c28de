package inverse

import (
	"fmt"
	"math"
	"time"
)

// Outer says how a model is trained: Steps times, the gradient of the loss
// through the whole inversion moves the generator by γ and the head by β.
type Outer[T Float] struct {
	Steps         int        // M, outer iterations
	GeneratorRate float64    // γ; 0 leaves the generator as it is
	HeadRate      float64    // β; 0 leaves the head as it is
	Constraint    Constraint // on the generator's W after each update
	Compute       Compute[T]
	// Progress, when not nil, is called after each outer iteration.
	Progress func(Progress)
}

// Progress is what a training tells while it runs.
type Progress struct {
	Step, Steps int     // iterations done, and in all
	Loss        float64 // before the iteration's update
	Elapsed     time.Duration
}

// Report is what a training leaves besides the model.
type Report struct {
	LossHistory []float64 // before each update
	FinalLoss   float64   // after the last
	Elapsed     time.Duration
}

func (o Outer[T]) validate() error {
	for _, r := range []struct {
		name string
		rate float64
	}{{"generator", o.GeneratorRate}, {"head", o.HeadRate}} {
		if !(r.rate >= 0) || math.IsInf(r.rate, 0) {
			return fmt.Errorf("%s learning rate: %v, want a number of at least 0", r.name, r.rate)
		}
	}
	if o.Steps < 0 {
		return fmt.Errorf("outer steps: %d, want at least 0", o.Steps)
	}
	return o.Compute.validate()
}

// Fit trains the model in place by gradient descent on the whole batch.
//
// It returns an error, with the model unchanged, when settings or data are not
// usable, and a [DivergenceError], with the model as it was before the iteration
// that failed, when the loss stops being finite. It panics when shapes do not
// fit each other.
func Fit[T Float](m *Model[T], d Data[T], loss Loss, o Outer[T]) (*Report, error) {
	t, err := NewTrainer(m, d, loss, o)
	if err != nil {
		return nil, err
	}
	start := time.Now()
	r := &Report{LossHistory: make([]float64, 0, o.Steps)}
	for i := range o.Steps {
		l, err := t.Step()
		if err != nil {
			return r, err
		}
		r.LossHistory = append(r.LossHistory, l)
		r.Elapsed = time.Since(start)
		if o.Progress != nil {
			o.Progress(Progress{Step: i + 1, Steps: o.Steps, Loss: l, Elapsed: r.Elapsed})
		}
	}
	r.FinalLoss, err = t.Loss()
	return r, err
}

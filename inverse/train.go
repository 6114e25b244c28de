package inverse

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/inversenet/inversenet/inverse/optim"
)

// Outer says how a model is trained: Steps times, the gradient of the loss
// through the whole inversion moves the generator by γ, the head by β, and what
// the inner loop learns by a rate of its own.
type Outer[T Float] struct {
	Steps         int     // M, outer iterations
	GeneratorRate float64 // γ; 0 leaves the generator as it is
	HeadRate      float64 // β; 0 leaves the head as it is
	// InnerRate moves Inner.StepSizes (their logarithms, so that they stay
	// positive) when LearnSteps is set, and Inner.Prox.Thresholds, which must be
	// one for each latent then, when LearnThresholds is. The slices of the
	// model's Inner are written to.
	InnerRate float64
	// LearnSteps and LearnThresholds say what of the inner loop is learned.
	LearnSteps, LearnThresholds bool

	// Optimizer moves parameters; nil is plain gradient descent. A weight decay
	// applies to weight matrices, not to biases and not to the inner loop.
	Optimizer optim.Settings
	// Schedule changes all rates over the training; nil keeps them constant.
	Schedule optim.Schedule
	// ClipNorm, when positive, bounds the norm of the gradient in all parameters
	// that move.
	ClipNorm float64
	// Constraint applies to every weight matrix of the generator that moves, after
	// each update.
	Constraint Constraint
	// Rules replace what the fields above say of single parameters, by name:
	// "generator.W", "generator.b2", "head.bias", "inner.log_steps",
	// "inner.thresholds". [Outer.Rule] is what they say.
	Rules map[string]Rule

	// BatchSize, when positive, trains on so many samples a step, in an order that
	// is drawn anew, from Seed, for each pass over the data. 0 trains on all.
	BatchSize int
	// Seed is where the order of samples and augmentation are drawn from.
	Seed uint64
	// Augment, when not nil, makes for each goroutine a function that changes
	// observations in place before they are trained on. The generator of random
	// numbers it is given depends on Seed, pass and sample only.
	Augment func() Augment[T]

	// Compute says what it runs on.
	Compute Compute[T]
	// Progress, when not nil, is called after each outer iteration.
	Progress func(Progress)
}

// An Augment changes one observation at random.
type Augment[T Float] func(x []T, rng *rand.Rand)

// Progress is what a training tells while it runs.
type Progress struct {
	Step, Steps int           // iterations done, and in all
	Loss        float64       // before the iteration's update
	Elapsed     time.Duration // since the first iteration began
}

// Report is what a training leaves besides the model.
type Report struct {
	Form        Form          // that the inner loop ran in
	LossHistory []float64     // before each update
	FinalLoss   float64       // after the last, on all data
	Elapsed     time.Duration // of all iterations
}

func (o Outer[T]) validate() error {
	for _, r := range []struct {
		name string
		rate float64
	}{
		{"generator learning rate", o.GeneratorRate},
		{"head learning rate", o.HeadRate},
		{"inner parameters' learning rate", o.InnerRate},
		{"gradient norm to clip at", o.ClipNorm},
	} {
		if err := atLeastZero(r.name, r.rate); err != nil {
			return err
		}
	}
	if o.Steps < 0 || o.BatchSize < 0 {
		return fmt.Errorf("outer steps %d and batch size %d, want at least 0", o.Steps, o.BatchSize)
	}
	if o.Schedule != nil {
		if err := optim.CheckSchedule(o.Schedule); err != nil {
			return fmt.Errorf("schedule: %w", err)
		}
	}
	return o.Compute.validate()
}

func atLeastZero(name string, v float64) error {
	if !(v >= 0) || math.IsInf(v, 0) {
		return fmt.Errorf("%s: %v, want a number of at least 0", name, v)
	}
	return nil
}

// Rule is what training does to a parameter of the given name and shape.
func (o Outer[T]) Rule(name string, shape []int) Rule {
	if r, ok := o.Rules[name]; ok {
		return r
	}
	matrix := len(shape) == 2
	switch group, _, _ := strings.Cut(name, "."); group {
	case "generator":
		r := Rule{Rate: o.GeneratorRate, Decay: matrix}
		if matrix {
			r.Constraint = o.Constraint
		}
		return r
	case "head":
		return Rule{Rate: o.HeadRate, Decay: matrix}
	default:
		return Rule{Rate: o.InnerRate}
	}
}

// Fit trains the model in place.
//
// It returns an error, with the model unchanged, when settings or data are not
// usable, and a [DivergenceError], with the model as it was before the iteration
// that failed, when the loss, its gradient or an update stops being finite. When
// the context ends, it returns the context's error within a moment, with the model
// as the last whole iteration left it. It panics when shapes do not fit each other.
func Fit[T Float](ctx context.Context, m *Model[T], d Data[T], loss Loss, o Outer[T]) (*Report, error) {
	t, err := NewTrainer(m, d, loss, o)
	if err != nil {
		return nil, err
	}
	start := time.Now()
	r := &Report{Form: t.Form(), LossHistory: make([]float64, 0, o.Steps)}
	for i := range o.Steps {
		l, err := t.Step(ctx)
		if err != nil {
			return r, err
		}
		r.LossHistory = append(r.LossHistory, l)
		r.Elapsed = time.Since(start)
		if o.Progress != nil {
			o.Progress(Progress{Step: i + 1, Steps: o.Steps, Loss: l, Elapsed: r.Elapsed})
		}
	}
	r.FinalLoss, err = t.Loss(ctx)
	return r, err
}

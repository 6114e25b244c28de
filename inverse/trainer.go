package inverse

import (
	"context"
	"fmt"
	"math"

	"github.com/inversenet/inversenet/inverse/internal/engine"
)

// A Trainer takes outer iterations one at a time. It holds the data in panels
// and all the memory it works in: [Trainer.Step] allocates nothing. A Trainer is
// for one goroutine at a time.
type Trainer[T Float] struct {
	model     *Model[T]
	inner     Inner // as it was when the trainer was made, but for what is learned
	outer     Outer[T]
	generator engine.Generator[T]
	head      *engine.Generator[T] // nil for the identity
	run       *engine.Training[T]
	update    *update[T]
	order     *order
	samples   int
	step      int
}

// NewTrainer packs the data and prepares the memory; errors and panics are those
// of [Fit].
func NewTrainer[T Float](m *Model[T], d Data[T], loss Loss, o Outer[T]) (*Trainer[T], error) {
	if err := m.check(); err != nil {
		return nil, err
	}
	if err := o.validate(); err != nil {
		return nil, err
	}
	own, err := lossOf[T](loss)
	if err != nil {
		return nil, err
	}
	if err := d.check(m, loss); err != nil {
		return nil, err
	}
	t := &Trainer[T]{model: m, inner: m.Inner.clone(), outer: o, samples: d.X.Rows}
	t.describe()
	if err := t.checkInner(); err != nil {
		return nil, err
	}
	if t.update, err = newUpdate(m, o); err != nil {
		return nil, err
	}
	t.build(d.engine(loss), own)
	return t, nil
}

// checkInner checks what the steps and the generator must be for a training.
func (t *Trainer[T]) checkInner() error {
	in, g := t.model.Inner, t.model.Generator
	if err := in.Validate(g.Latents()); err != nil {
		return err
	}
	if err := applies(g, &t.generator, in); err != nil {
		return err
	}
	if err := validateWant(t.want(), in); err != nil {
		return err
	}
	return differentiable(g)
}

func (t *Trainer[T]) want() engine.Want {
	return engine.Want{Steps: t.outer.LearnSteps, Thresholds: t.outer.LearnThresholds}
}

// build makes what steps run in.
func (t *Trainer[T]) build(d engine.Data[T], loss engine.Loss[T]) {
	o := t.outer
	plan := engine.TrainingPlan[T]{Data: d, Head: t.head, Loss: loss, BatchSize: o.BatchSize, Seed: o.Seed, Threads: o.Compute.threads()}
	if o.Augment != nil {
		plan.Augment = func() engine.Augment[T] { return engine.Augment[T](o.Augment()) }
	}
	samples := t.samples
	if o.BatchSize > 0 {
		samples = min(samples, o.BatchSize)
	}
	e := engine.New(o.Compute.table(), &t.generator, t.inner.settings(o.LearnSteps), t.want(), engine.Workload{Samples: samples, Training: true, FromZero: d.Start.Rows == 0}, o.Compute.threads())
	t.run = engine.NewTraining(e, plan)
	if !t.run.Packed() {
		t.order = newOrder(t.samples, o.BatchSize, o.Seed)
	}
}

// describe takes over what the model is now.
func (t *Trainer[T]) describe() {
	describe(&t.generator, t.model.Generator)
	if t.model.Head == nil {
		return
	}
	if t.head == nil {
		t.head = &engine.Generator[T]{}
	}
	describe(t.head, t.model.Head)
}

// refresh takes over all that a call needs of the model: weights, and the numbers
// of the inner loop that may be learned.
func (t *Trainer[T]) refresh() error {
	t.describe()
	t.update.bind()
	s, in := t.run.Settings(), t.model.Inner
	if len(in.StepSizes) != len(t.inner.StepSizes) || len(in.Prox.Thresholds) != len(t.inner.Prox.Thresholds) {
		return fmt.Errorf("the model has %d step sizes and %d thresholds, it had %d and %d when training began: make a new trainer",
			len(in.StepSizes), len(in.Prox.Thresholds), len(t.inner.StepSizes), len(t.inner.Prox.Thresholds))
	}
	if t.update.innerChanged() {
		if err := in.Validate(t.generator.Latents); err != nil {
			return err
		}
		t.update.readInner()
	}
	if t.outer.LearnSteps {
		s.Rates = in.StepSizes
	}
	if t.outer.LearnThresholds {
		s.Prox.Thresholds = in.Prox.Thresholds
	}
	return nil
}

// Form is the form that the inner loop runs in.
func (t *Trainer[T]) Form() Form { return Form(t.run.Form()) }

// Loss is the mean loss of the model on all data, not augmented. It returns the
// context's error when that ends first.
func (t *Trainer[T]) Loss(ctx context.Context) (float64, error) {
	if err := t.refresh(); err != nil {
		return math.NaN(), err
	}
	defer halting(ctx, t.run)()
	loss, err := t.run.Loss(&t.generator, t.head, t.inner.scale(t.generator.Pixels, t.samples))
	if ended := ctx.Err(); ended != nil {
		return math.NaN(), ended
	}
	if err == nil && (math.IsNaN(loss) || math.IsInf(loss, 0)) {
		err = t.diverged()
	}
	return loss, public(err)
}

// Step takes one outer iteration and returns the loss before its update. When
// the loss, its gradient or the update is not finite it returns a
// [DivergenceError] and leaves the model as it was, and likewise the context's
// error when that ends first.
func (t *Trainer[T]) Step(ctx context.Context) (float64, error) {
	if t.order != nil {
		before := t.order.position
		t.run.Take(t.order.draw())
		loss, err := t.iterate(ctx)
		if err != nil {
			t.order.seek(before)
		}
		return loss, err
	}
	return t.iterate(ctx)
}

// iterate is a step on the samples that were drawn.
func (t *Trainer[T]) iterate(ctx context.Context) (float64, error) {
	loss, err := t.evaluate(ctx)
	if err != nil {
		return loss, err
	}
	clean, err := t.update.apply(t.step)
	if err != nil {
		return loss, err
	}
	if !clean {
		return loss, t.diverged()
	}
	t.step++
	return loss, nil
}

// evaluate computes the loss and its gradients, and moves nothing.
func (t *Trainer[T]) evaluate(ctx context.Context) (float64, error) {
	if err := t.refresh(); err != nil {
		return math.NaN(), err
	}
	defer halting(ctx, t.run)()
	r := t.inner.scale(t.generator.Pixels, t.run.Samples())
	loss, clean, err := t.run.Gradient(&t.generator, t.head, r, &t.update.gradients, t.update.head)
	if ended := ctx.Err(); ended != nil {
		return math.NaN(), ended
	}
	if err != nil {
		return loss, public(err)
	}
	if !clean {
		return loss, t.diverged()
	}
	t.update.gradientsReady()
	return loss, nil
}

func (t *Trainer[T]) diverged() error {
	return divergence(t.model.Generator, t.inner, t.run.LargestStep(), t.step)
}

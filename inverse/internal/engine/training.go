package engine

import (
	"math"

	"github.com/inversenet/inversenet/inverse/internal/team"
)

// A Training evaluates the outer loss of a model on batches of its data, and the
// gradient of that. It holds the data in panels and all the memory it works in.
type Training[T Float] struct {
	*Engine[T]
	plan    TrainingPlan[T]
	head    head[T]
	workers []trainer[T]
	team    *team.Team
	cost    work
	reduce  *reduction[T]

	batch  *selection[T] // what steps train on
	all    *selection[T] // all data, for the loss; the same as batch when that is all
	packed bool          // batch stays the same, and its panels are packed

	current  *selection[T] // of the run in progress
	backward bool
	pass     uint64
	partials []T       // engine and head, for each shard
	losses   []float64 // for each shard
}

// A TrainingPlan is what a training is made of.
type TrainingPlan[T Float] struct {
	Data      Data[T]
	Head      *Generator[T] // nil for the identity
	Loss      Loss[T]
	BatchSize int // 0 for all data
	Seed      uint64
	Augment   func() Augment[T] // nil for none
	Threads   int
}

// trainer is what one goroutine trains in.
type trainer[T Float] struct {
	inner worker[T]
	head  headWorker[T]
	loss  *lossWorker[T]
	rows  *gatherer[T]
	plain *gatherer[T] // without augmentation
	err   error
}

// NewTraining packs data that stays and allocates what steps need. The engine is
// the training's from then on: weights are taken to change from call to call.
func NewTraining[T Float](e *Engine[T], p TrainingPlan[T]) *Training[T] {
	t := &Training[T]{Engine: e, plan: p, cost: e.work()}
	e.passing = true
	samples := p.Data.X.Rows
	t.packed = p.BatchSize == 0 && p.Augment == nil
	if p.BatchSize > 0 {
		samples = min(samples, p.BatchSize)
	}
	latents := e.shape.Latents
	t.head = newHead(e.table, p.Head, latents)
	t.batch = newSelection(e.table, p.Data, latents, samples)
	t.all = t.batch
	if !t.packed {
		t.all = newSelection(e.table, p.Data, latents, p.Data.X.Rows)
	}
	most := max(t.batch.shards.count, t.all.shards.count)
	t.workers = make([]trainer[T], min(p.Threads, most))
	for i := range t.workers {
		t.workers[i] = t.newTrainer()
	}
	if t.packed {
		t.batch.keep(e.table, t.workers[0].rows, e.form == Closed, latents+e.shape.Pixels)
	}
	t.team = team.New(len(t.workers), t.shard)
	t.reduce = newReduction(e.table, len(t.workers))
	t.partials = make([]T, most*t.partialLen())
	t.losses = make([]float64, most)
	return t
}

func (t *Training[T]) newTrainer() trainer[T] {
	w := trainer[T]{inner: t.newWorker(true), head: t.head.newWorker()}
	w.loss = newLossWorker(t.table, t.plan.Loss, t.head.outputs())
	w.plain = newGatherer(t.table, t.plan.Data, nil)
	w.rows = w.plain
	if t.plan.Augment != nil {
		w.rows = newGatherer(t.table, t.plan.Data, t.plan.Augment())
	}
	return w
}

// Packed reports whether all steps train on the same panels.
func (t *Training[T]) Packed() bool { return t.packed }

// Settings are those of the inner steps, whose rates and thresholds may be replaced
// by others between calls.
func (t *Training[T]) Settings() *Settings { return &t.settings }

func (t *Training[T]) partialLen() int { return t.run.partialLen() + t.head.partialLen() }

// Take makes the next steps train on the given samples, drawn in the given pass
// over the data.
func (t *Training[T]) Take(order []int, pass uint64) {
	t.batch.take(t.table, order)
	t.pass = pass
}

// Samples is the number of samples that a step trains on now.
func (t *Training[T]) Samples() int { return t.batch.samples }

// Loss is the loss on all data, not augmented.
func (t *Training[T]) Loss(g, f *Generator[T], r float64) (float64, error) {
	return t.runOn(t.all, g, f, r, false)
}

// Gradient returns the loss on the batch and sets its derivatives. It reports
// whether they are finite, and leaves grads alone where the sums are not.
func (t *Training[T]) Gradient(g, f *Generator[T], r float64, grads *Gradients[T], head [][]T) (loss float64, clean bool, err error) {
	loss, err = t.runOn(t.batch, g, f, r, true)
	if err != nil || math.IsNaN(loss) || math.IsInf(loss, 0) {
		return loss, false, err
	}
	n, inner := t.partialLen(), t.run.partialLen()
	t.reduce.sum(t.partials, n, t.batch.shards.count)
	if !Finite(t.partials[:n]) {
		return loss, false, nil
	}
	t.run.gradient(grads, t.partials[:inner])
	t.head.gradient(head, t.partials[inner:n])
	return loss, true, nil
}

// runOn takes a batch forward, and back when training, and returns the loss.
func (t *Training[T]) runOn(b *selection[T], g, f *Generator[T], r float64, backward bool) (loss float64, err error) {
	t.current, t.backward = b, backward
	if err := t.Load(g, r); err != nil {
		return 0, err
	}
	if f != nil {
		f.check(t.plan.Head)
		t.head.load(f)
	}
	for i := range t.workers { // a call that ended in a panic leaves one behind
		t.workers[i].err = nil
	}
	t.team.Do(b.shards.count, t.cost.of(b.samples, backward))
	first := 0
	for i := range t.workers {
		w := &t.workers[i]
		if m, ok := w.err.(*MinimumError); ok && (err == nil || m.Sample < first) {
			err, first = m, m.Sample
		}
	}
	if m, ok := err.(*MinimumError); ok {
		m.Sample = b.order[m.Sample]
	}
	for _, l := range t.losses[:b.shards.count] {
		loss += l
	}
	return loss, err
}

// shard runs one shard's panels, in order.
func (t *Training[T]) shard(worker, shard int) {
	w, b := &t.workers[worker], t.current
	n, inner := t.partialLen(), t.run.partialLen()
	partial := t.partials[shard*n : (shard+1)*n]
	clear(partial)
	weight := 1 / float64(b.samples)
	var loss float64
	for i := range b.shards.panels(shard) {
		p := t.panel(w, i)
		z := w.inner.forward(p)
		out := w.head.forward(p, z)
		loss += w.loss.evaluate(p, w.head.outGrad(), out, weight)
		if !t.backward {
			continue
		}
		if _, err := w.inner.backward(p, w.head.backward(p, z, partial[inner:]), partial[:inner]); err != nil && w.err == nil {
			w.err = err
		}
	}
	t.losses[shard] = loss
}

// panel is panel i of the current batch, packed.
func (t *Training[T]) panel(w *trainer[T], i int) *panel[T] {
	switch {
	case t.packed:
		return &t.current.panels[i]
	case t.backward:
		return t.current.fill(t.table, i, w.rows, t.plan.Seed, t.pass)
	default:
		return t.current.fill(t.table, i, w.plain, 0, 0)
	}
}

// Halt makes a call in progress, and those that follow, end soon with a loss that
// means nothing, until Resume.
func (t *Training[T]) Halt() { t.halt.Store(true) }

// Resume takes Halt back.
func (t *Training[T]) Resume() { t.halt.Store(false) }

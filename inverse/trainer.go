package inverse

import (
	"math"

	"github.com/inversenet/inversenet/kernels"
)

// A Trainer takes outer iterations one at a time. It holds the data in panels
// and all the memory it works in: [Trainer.Step] allocates nothing. A Trainer is
// for one goroutine at a time.
type Trainer[T Float] struct {
	model   *Model[T]
	loss    Loss
	outer   Outer[T]
	table   *kernels.Table[T]
	engine  engine[T]
	head    head[T]
	update  *update[T]
	workers []trainWorker[T]
	team    *team
	work    work
	reduce  *reduction[T]

	batch  *batch[T] // what steps train on
	all    *batch[T] // all data, for the loss; the same as batch when that is all
	packed bool      // batch stays the same, and its panels are packed
	order  []int     // of the samples in the current pass over the data
	seen   int       // samples of it that were trained on
	pass   uint64

	current  *batch[T] // of the run in progress
	backward bool
	partials []T       // engine and head, for each shard
	losses   []float64 // for each shard
	step     int
}

// trainWorker is what one goroutine trains in.
type trainWorker[T Float] struct {
	inner worker[T]
	head  headWorker[T]
	loss  *lossWorker[T]
	rows  *rows[T]
	plain *rows[T] // without augmentation
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
	if err := loss.validate(); err != nil {
		return nil, err
	}
	if err := d.check(m, loss); err != nil {
		return nil, err
	}
	t := &Trainer[T]{model: m, loss: loss, outer: o, table: o.Compute.table()}
	if err := t.build(d); err != nil {
		return nil, err
	}
	return t, nil
}

// build allocates what steps need and packs data that stays.
func (t *Trainer[T]) build(d Data[T]) (err error) {
	m, o, g := t.model, t.outer, t.model.Generator
	samples := d.X.Rows
	t.packed = o.BatchSize == 0 && o.Augment == nil
	if o.BatchSize > 0 {
		samples = min(samples, o.BatchSize)
	}
	learn := learned{steps: o.LearnSteps, thresholds: o.LearnThresholds}
	if t.engine, err = newEngine(t.table, g, m.Inner, samples, learn, true); err != nil {
		return err
	}
	if t.head, err = newHead(t.table, m.Head, g.Latents()); err != nil {
		return err
	}
	if t.update, err = newUpdate(m, o); err != nil {
		return err
	}
	t.batch = newBatch(t.table, d, g.Latents(), samples)
	t.all = t.batch
	if !t.packed {
		t.all = newBatch(t.table, d, g.Latents(), d.X.Rows)
		t.order = make([]int, d.X.Rows)
		t.seen = d.X.Rows
	}
	most := max(t.batch.shards.count, t.all.shards.count)
	t.workers = make([]trainWorker[T], min(o.Compute.threads(), most))
	for i := range t.workers {
		t.workers[i] = t.newWorker(d)
	}
	if t.packed {
		t.batch.keep(t.table, t.workers[0].rows, t.engine.form() == ClosedForm, g.Latents()+g.Pixels())
	}
	t.team = newTeam(len(t.workers), t.shard)
	t.reduce = newReduction(t.table, o.Compute.threads())
	t.work = newWork(g, m.Inner, t.Form())
	t.partials = make([]T, most*t.partialLen())
	t.losses = make([]float64, most)
	return nil
}

func (t *Trainer[T]) newWorker(d Data[T]) trainWorker[T] {
	w := trainWorker[T]{inner: t.engine.newWorker(true), head: t.head.newWorker()}
	w.loss = newLossWorker(t.table, t.loss, t.head.outputs())
	w.plain = newRows[T](t.table, d, nil)
	w.rows = w.plain
	if t.outer.Augment != nil {
		w.rows = newRows(t.table, d, t.outer.Augment())
	}
	return w
}

// Form is the form that the inner loop runs in.
func (t *Trainer[T]) Form() Form { return t.engine.form() }

func (t *Trainer[T]) partialLen() int { return t.engine.partialLen() + t.head.partialLen() }

// Loss is the mean loss of the model on all data, not augmented.
func (t *Trainer[T]) Loss() (float64, error) {
	loss := t.run(t.all, false)
	if math.IsNaN(loss) || math.IsInf(loss, 0) {
		return loss, t.diverged()
	}
	return loss, nil
}

// Step takes one outer iteration and returns the loss before its update. When
// the loss or its gradient is not finite it returns a [DivergenceError] and
// leaves the model as it was.
func (t *Trainer[T]) Step() (float64, error) {
	t.draw()
	loss := t.run(t.batch, true)
	if math.IsNaN(loss) || math.IsInf(loss, 0) {
		return loss, t.diverged()
	}
	n, inner := t.partialLen(), t.engine.partialLen()
	t.reduce.sum(t.partials, n, t.batch.shards.count)
	if !finite(t.partials[:n]) {
		return loss, t.diverged()
	}
	t.engine.gradient(&t.update.gradients, t.partials[:inner])
	t.head.gradient(t.update.head, t.partials[inner:n])
	t.update.apply(t.step)
	t.step++
	return loss, nil
}

// draw chooses the samples of the next step.
func (t *Trainer[T]) draw() {
	if t.packed {
		return
	}
	if t.seen == len(t.order) {
		t.seen = 0
		t.pass++
		t.shuffle()
	}
	n := len(t.order) - t.seen
	if t.outer.BatchSize > 0 {
		n = min(n, t.outer.BatchSize)
	}
	t.batch.take(t.table, t.order[t.seen:t.seen+n])
	t.seen += n
}

// shuffle orders the samples for a pass; the order depends on the seed and the
// pass alone. Batches of all samples keep their order.
func (t *Trainer[T]) shuffle() {
	for i := range t.order {
		t.order[i] = i
	}
	if t.outer.BatchSize == 0 {
		return
	}
	w := &t.workers[0].plain.source
	w.Seed(t.outer.Seed, t.pass)
	t.workers[0].plain.rng.Shuffle(len(t.order), func(i, j int) { t.order[i], t.order[j] = t.order[j], t.order[i] })
}

// run takes a batch forward, and back when training, and returns the loss.
func (t *Trainer[T]) run(b *batch[T], backward bool) float64 {
	t.current, t.backward = b, backward
	t.engine.load(b.samples)
	t.head.load()
	t.team.do(b.shards.count, t.work.of(b.samples, backward))
	var loss float64
	for _, l := range t.losses[:b.shards.count] {
		loss += l
	}
	return loss
}

// shard runs one shard's panels, in order.
func (t *Trainer[T]) shard(worker, shard int) {
	w, b := &t.workers[worker], t.current
	n, inner := t.partialLen(), t.engine.partialLen()
	partial := t.partials[shard*n : (shard+1)*n]
	clear(partial)
	weight := 1 / float64(b.samples)
	var loss float64
	for i := range b.shards.panels(shard) {
		p := t.panel(w, i)
		z := w.inner.forward(p)
		out := w.head.forward(p, z)
		loss += w.loss.evaluate(p, w.head.outGrad(), out, weight)
		if t.backward {
			w.inner.backward(p, w.head.backward(p, z, partial[inner:]), partial[:inner])
		}
	}
	t.losses[shard] = loss
}

// panel is panel i of the current batch, packed.
func (t *Trainer[T]) panel(w *trainWorker[T], i int) *panel[T] {
	switch {
	case t.packed:
		return &t.current.panels[i]
	case t.backward:
		return t.current.fill(t.table, i, w.rows, t.outer.Seed, t.pass)
	default:
		return t.current.fill(t.table, i, w.plain, 0, 0)
	}
}

func (t *Trainer[T]) diverged() error {
	return divergence(t.model.Generator, t.model.Inner, t.batch.samples, t.step)
}

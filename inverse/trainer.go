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
	batch   *batch[T]
	engine  engine[T]
	head    head[T]
	workers []trainWorker[T]
	team    *team

	backward  bool
	partials  []T       // engine and head, for each shard
	losses    []float64 // for each shard
	gradients gradients[T]
	headGrads [][]T
	params    [][]T // the generator's, then the head's
	headFrom  int
	step      int
}

// trainWorker is what one goroutine trains in.
type trainWorker[T Float] struct {
	inner worker[T]
	head  headWorker[T]
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
	if err := d.check(m, loss); err != nil {
		return nil, err
	}
	t := &Trainer[T]{model: m, loss: loss, outer: o, table: o.Compute.table()}
	if err := t.build(d); err != nil {
		return nil, err
	}
	return t, nil
}

// build packs the data and allocates what a step needs.
func (t *Trainer[T]) build(d Data[T]) (err error) {
	m, o := t.model, t.outer
	g := m.Generator
	if t.engine, err = newEngine(t.table, g, m.Inner, d.X.Rows, learned{}, true); err != nil {
		return err
	}
	if t.head, err = newHead(t.table, m.Head, g.Latents()); err != nil {
		return err
	}
	t.batch = newBatch(t.table, d, g.Latents())
	if t.engine.form() == ClosedForm {
		t.batch.transpose(t.table, g.Latents()+g.Pixels())
	}
	t.gradients.generator = like(g.Parameters())
	t.params = values(nil, g)
	t.headFrom = len(t.params)
	if m.Head != nil {
		t.headGrads = like(m.Head.Parameters())
		t.params = values(t.params, m.Head)
	}
	t.workers = make([]trainWorker[T], min(o.Compute.threads(), t.batch.shards.count))
	for i := range t.workers {
		t.workers[i] = trainWorker[T]{inner: t.engine.newWorker(true), head: t.head.newWorker()}
	}
	t.team = newTeam(len(t.workers), t.shard)
	t.partials = make([]T, t.batch.shards.count*t.partialLen())
	t.losses = make([]float64, t.batch.shards.count)
	return nil
}

// Form is the form that the inner loop runs in.
func (t *Trainer[T]) Form() Form { return t.engine.form() }

func (t *Trainer[T]) partialLen() int { return t.engine.partialLen() + t.head.partialLen() }

// Loss is the mean loss of the model on the data.
func (t *Trainer[T]) Loss() (float64, error) {
	loss := t.pass(false)
	if math.IsNaN(loss) || math.IsInf(loss, 0) {
		return loss, t.diverged()
	}
	return loss, nil
}

// Step takes one outer iteration and returns the loss before its update. When
// the loss or the update is not finite it returns a [DivergenceError] and leaves
// the model as it was.
func (t *Trainer[T]) Step() (float64, error) {
	loss := t.pass(true)
	if math.IsNaN(loss) || math.IsInf(loss, 0) {
		return loss, t.diverged()
	}
	n := t.partialLen()
	sumPartials(t.partials, n, t.batch.shards.count)
	inner := t.engine.partialLen()
	if !finite(t.partials[:n]) {
		return loss, t.diverged()
	}
	t.engine.gradient(&t.gradients, t.partials[:inner])
	t.head.gradient(t.headGrads, t.partials[inner:n])
	descend(t.params[:t.headFrom], t.gradients.generator, t.outer.GeneratorRate)
	project(t.outer.Constraint, t.params[0])
	descend(t.params[t.headFrom:], t.headGrads, t.outer.HeadRate)
	t.step++
	return loss, nil
}

// pass runs all panels forward, and back when training, and returns the loss.
func (t *Trainer[T]) pass(backward bool) float64 {
	t.backward = backward
	t.engine.load(t.batch.samples)
	t.head.load()
	clear(t.partials)
	t.team.do(t.batch.shards.count)
	var loss float64
	for _, l := range t.losses {
		loss += l
	}
	return loss
}

// shard runs one shard's panels, in order.
func (t *Trainer[T]) shard(worker, shard int) {
	w := &t.workers[worker]
	n, inner := t.partialLen(), t.engine.partialLen()
	partial := t.partials[shard*n : (shard+1)*n]
	weight := 1 / float64(t.batch.samples)
	var loss float64
	for i := range t.batch.shards.panels(shard) {
		p := &t.batch.panels[i]
		z := w.inner.forward(p)
		out := w.head.forward(p, z)
		loss += lossOnPanel(t.loss, w.head.outGrad(), out, t.head.outputs(), t.table.Width(), p, weight)
		if t.backward {
			w.inner.backward(p, w.head.backward(p, z, partial[inner:]), partial[:inner])
		}
	}
	t.losses[shard] = loss
}

func (t *Trainer[T]) diverged() error {
	return divergence(t.model.Generator, t.model.Inner, t.batch.samples, t.step)
}

// descend: parameters −= rate·gradient.
func descend[T Float](params, grads [][]T, rate float64) {
	if rate == 0 {
		return
	}
	for i, p := range params {
		for j, v := range grads[i] {
			p[j] -= T(rate) * v
		}
	}
}

func finite[T Float](s []T) bool {
	for _, v := range s {
		if v-v != 0 {
			return false
		}
	}
	return true
}

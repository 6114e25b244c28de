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
	head    *headMap[T]
	workers []trainWorker[T]
	team    *team

	backward  bool
	partials  []T       // engine and head, for each shard
	losses    []float64 // for each shard
	generator *Linear[T]
	headGrad  *Linear[T]
	step      int
}

// trainWorker is what one goroutine trains in.
type trainWorker[T Float] struct {
	inner worker[T]
	head  *headWorker[T]
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
	g := m.Generator
	t := &Trainer[T]{model: m, loss: loss, outer: o, table: o.Compute.table()}
	t.batch = newBatch(t.table, d, g.Latents())
	t.engine = newDirect(t.table, g, m.Inner.Steps)
	t.head = newHeadMap(t.table, m.Head, g.Latents())
	t.generator = NewLinear[T](g.Pixels(), g.Latents(), g.Bias != nil)
	if m.Head != nil {
		t.headGrad = NewLinear[T](m.Head.Pixels(), m.Head.Latents(), m.Head.Bias != nil)
	}
	t.workers = make([]trainWorker[T], min(o.Compute.threads(), t.batch.shards.count))
	for i := range t.workers {
		t.workers[i] = trainWorker[T]{inner: t.engine.newWorker(true), head: t.head.newWorker()}
	}
	t.team = newTeam(len(t.workers), t.shard)
	t.partials = make([]T, t.batch.shards.count*t.partialLen())
	t.losses = make([]float64, t.batch.shards.count)
	return t, nil
}

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
	t.engine.gradient(t.generator, t.partials[:inner])
	t.head.gradient(t.headGrad, t.partials[inner:n])
	if !finite(t.partials[:n]) {
		return loss, t.diverged()
	}
	descend(t.model.Generator, t.generator, t.outer.GeneratorRate)
	project(t.outer.Constraint, t.model.Generator.W)
	if t.model.Head != nil {
		descend(t.model.Head, t.headGrad, t.outer.HeadRate)
	}
	t.step++
	return loss, nil
}

// pass runs all panels forward, and back when training, and returns the loss.
func (t *Trainer[T]) pass(backward bool) float64 {
	t.backward = backward
	t.engine.load(t.innerStep())
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
		loss += lossOnPanel(t.loss, w.head.grad, out, t.head.outputs(), t.table.Width(), p, weight)
		if t.backward {
			w.inner.backward(p, w.head.backward(p, z, partial[inner:]), partial[:inner])
		}
	}
	t.losses[shard] = loss
}

func (t *Trainer[T]) innerStep() float64 {
	return t.model.Inner.Step(t.model.Generator.Pixels(), t.batch.samples)
}

func (t *Trainer[T]) diverged() error {
	return &DivergenceError{Iteration: t.step, Step: t.innerStep(), LambdaMax: t.model.Generator.LambdaMax()}
}

// descend: parameters −= rate·gradient.
func descend[T Float](params, grad *Linear[T], rate float64) {
	if rate == 0 {
		return
	}
	for i := range params.W.Rows {
		row := params.W.Row(i)
		for j, g := range grad.W.Row(i) {
			row[j] -= T(rate) * g
		}
	}
	for i, g := range grad.Bias {
		params.Bias[i] -= T(rate) * g
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

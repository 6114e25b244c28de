package engine

import (
	"math/rand/v2"

	"github.com/inversenet/inversenet/kernels"
)

// Data are the samples of a training; matrices without rows are not there.
type Data[T Float] struct {
	X, Start, Targets Batch[T]
	Labels            []int
	Weights           []float64 // of samples, nil where all are 1
}

// selection is a number of samples of a Data in panels. Panels that stay the same
// for the whole training are packed once; others when they are worked on.
type selection[T Float] struct {
	data    Data[T]
	order   []int // samples of the data, in the order of the batch
	samples int
	panels  []panel[T]
	shards  shards
}

func newSelection[T Float](t *kernels.Table[T], d Data[T], latents, samples int) *selection[T] {
	b := &selection[T]{data: d, panels: make([]panel[T], panelCount(samples, t.Width()))}
	for i := range b.panels {
		p := &b.panels[i]
		p.place(t, i, samples, latents, d.X.Cols)
		p.goals.labels = make([]int, t.Width())
		if d.Weights != nil {
			p.goals.weights = make([]float64, t.Width())
		}
		p.fromZero = d.Start.Rows == 0
		if d.Targets.Rows > 0 {
			p.goals.targets = make([]T, d.Targets.Cols*t.Width())
		}
	}
	b.order = make([]int, samples)
	for i := range b.order {
		b.order[i] = i
	}
	b.take(t, b.order)
	return b
}

// take makes the batch the given samples of the data, no more than it has room
// for.
func (b *selection[T]) take(t *kernels.Table[T], order []int) {
	b.order, b.samples = order, len(order)
	b.shards = newShards(panelCount(b.samples, t.Width()))
	for i := range b.shards.total {
		b.panels[i].place(t, i, b.samples, 0, 0)
	}
}

// An Augment changes one observation at random.
type Augment[T Float] func(x []T, rng *rand.Rand)

// gatherer is where one goroutine gathers the rows of a panel.
type gatherer[T Float] struct {
	x, z0, targets []T
	source         rand.PCG
	rng            *rand.Rand
	augment        Augment[T]
}

func newGatherer[T Float](t *kernels.Table[T], d Data[T], augment Augment[T]) *gatherer[T] {
	r := &gatherer[T]{x: make([]T, t.Width()*d.X.Cols), augment: augment}
	r.z0 = make([]T, t.Width()*d.Start.Cols)
	r.targets = make([]T, t.Width()*d.Targets.Cols)
	r.rng = rand.New(&r.source)
	return r
}

// fill packs panel i. Augmented observations depend on the seed, the pass over
// the data and the sample alone.
func (b *selection[T]) fill(t *kernels.Table[T], i int, r *gatherer[T], seed, pass uint64) *panel[T] {
	p := &b.panels[i]
	order := b.order[p.first : p.first+p.samples]
	x := b.data.X.gather(r.x, order)
	if r.augment != nil {
		for n, sample := range order {
			r.source.Seed(seed^pass*0x9e3779b97f4a7c15, uint64(sample))
			r.augment(x.row(n), r.rng)
		}
	}
	p.setX(t, x.Data, x.Cols, x.Stride)
	if b.data.Start.Rows > 0 {
		z0 := b.data.Start.gather(r.z0, order)
		p.setZ0(t, z0.Data, z0.Cols, z0.Stride)
	}
	if b.data.Targets.Rows > 0 {
		y := b.data.Targets.gather(r.targets, order)
		t.Pack(p.goals.targets, y.Data, p.samples, y.Cols, y.Stride)
	}
	p.goals.order = order
	for n, sample := range order {
		if b.data.Labels != nil {
			p.goals.labels[n] = b.data.Labels[sample]
		}
		if b.data.Weights != nil {
			p.goals.weights[n] = b.data.Weights[sample]
		}
	}
	return p
}

// keep packs all panels for good, and sample-major too when transposed.
func (b *selection[T]) keep(t *kernels.Table[T], r *gatherer[T], transposed bool, rows int) {
	for i := range b.panels {
		p := b.fill(t, i, r, 0, 0)
		if transposed {
			p.dataT = make([]T, t.PaddedRows(rows)*t.Width())
			t.SampleMajor(p.dataT, p.data, rows, p.vecs)
		}
	}
}

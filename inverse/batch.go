package inverse

import (
	"fmt"
	"math/rand/v2"

	"github.com/inversenet/inversenet/kernels"
)

// Data is a set of samples to train on; samples are rows.
type Data[T Float] struct {
	X Matrix[T]
	// Start holds the latents that inversion starts from; without rows it stands
	// for zeros.
	Start Matrix[T]
	// Labels are the classes, 0 ≤ label < outputs, for the cross entropies.
	Labels []int
	// Targets are the wanted outputs, for [SquaredError].
	Targets Matrix[T]
}

// check panics when shapes do not fit the model, and returns an error when the
// data cannot be trained on.
func (d Data[T]) check(m *Model[T], loss Loss) error {
	d.X.mustBe("X", -1, m.Generator.Pixels())
	if d.Start.Rows > 0 {
		d.Start.mustBe("Start", d.X.Rows, m.Generator.Latents())
	}
	if d.X.Rows == 0 {
		return fmt.Errorf("no samples to train on")
	}
	if err := d.X.checkFinite("X"); err != nil {
		return err
	}
	if err := d.Start.checkFinite("Start"); err != nil {
		return err
	}
	if !loss.labelled() {
		d.Targets.mustBe("Targets", d.X.Rows, m.Outputs())
		return d.Targets.checkFinite("Targets")
	}
	if len(d.Labels) != d.X.Rows {
		return fmt.Errorf("%d labels for %d samples", len(d.Labels), d.X.Rows)
	}
	for i, label := range d.Labels {
		if label < 0 || label >= m.Outputs() {
			return fmt.Errorf("label %d of row %d is out of range: the model has outputs 0 to %d", label, i, m.Outputs()-1)
		}
	}
	return nil
}

// batch is a number of samples of a Data in panels. Panels that stay the same
// for the whole training are packed once; others when they are worked on.
type batch[T Float] struct {
	data    Data[T]
	order   []int // samples of the data, in the order of the batch
	samples int
	panels  []panel[T]
	shards  shards
}

func newBatch[T Float](t *kernels.Table[T], d Data[T], latents, samples int) *batch[T] {
	b := &batch[T]{data: d, panels: make([]panel[T], panelCount(samples, t.Width()))}
	for i := range b.panels {
		p := &b.panels[i]
		p.place(t, i, samples, latents, d.X.Cols)
		p.labels = make([]int, t.Width())
		p.fromZero = d.Start.Rows == 0
		if d.Targets.Rows > 0 {
			p.targets = make([]T, d.Targets.Cols*t.Width())
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
func (b *batch[T]) take(t *kernels.Table[T], order []int) {
	b.order, b.samples = order, len(order)
	b.shards = newShards(panelCount(b.samples, t.Width()))
	for i := range b.shards.total {
		b.panels[i].place(t, i, b.samples, 0, 0)
	}
}

// rows is where one goroutine gathers the rows of a panel.
type rows[T Float] struct {
	x, z0, targets []T
	source         rand.PCG
	rng            *rand.Rand
	augment        Augment[T]
}

func newRows[T Float](t *kernels.Table[T], d Data[T], augment Augment[T]) *rows[T] {
	r := &rows[T]{x: make([]T, t.Width()*d.X.Cols), augment: augment}
	r.z0 = make([]T, t.Width()*d.Start.Cols)
	r.targets = make([]T, t.Width()*d.Targets.Cols)
	r.rng = rand.New(&r.source)
	return r
}

// fill packs panel i. Augmented observations depend on the seed, the pass over
// the data and the sample alone.
func (b *batch[T]) fill(t *kernels.Table[T], i int, r *rows[T], seed, pass uint64) *panel[T] {
	p := &b.panels[i]
	order := b.order[p.first : p.first+p.samples]
	x := gatherRows(r.x, b.data.X, order)
	if r.augment != nil {
		for n, sample := range order {
			r.source.Seed(seed^pass*0x9e3779b97f4a7c15, uint64(sample))
			r.augment(x.Row(n), r.rng)
		}
	}
	p.setX(t, x)
	if b.data.Start.Rows > 0 {
		p.setZ0(t, gatherRows(r.z0, b.data.Start, order))
	}
	if b.data.Targets.Rows > 0 {
		y := gatherRows(r.targets, b.data.Targets, order)
		t.Pack(p.targets, y.Data, p.samples, y.Cols, y.Stride)
	}
	for n, sample := range order {
		if b.data.Labels != nil {
			p.labels[n] = b.data.Labels[sample]
		}
	}
	return p
}

func gatherRows[T Float](dst []T, src Matrix[T], order []int) Matrix[T] {
	for n, sample := range order {
		copy(dst[n*src.Cols:(n+1)*src.Cols], src.Row(sample))
	}
	return Matrix[T]{Rows: len(order), Cols: src.Cols, Stride: src.Cols, Data: dst}
}

// keep packs all panels for good, and sample-major too when transposed.
func (b *batch[T]) keep(t *kernels.Table[T], r *rows[T], transposed bool, rows int) {
	for i := range b.panels {
		p := b.fill(t, i, r, 0, 0)
		if transposed {
			p.dataT = make([]T, t.PaddedRows(rows)*t.Width())
			t.SampleMajor(p.dataT, p.data, rows, p.vecs)
		}
	}
}

package inverse

import (
	"fmt"

	"github.com/inversenet/inversenet/kernels"
)

// Data is a batch of samples to train on; samples are rows.
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

// batch is a Data packed in panels.
type batch[T Float] struct {
	samples int
	panels  []panel[T]
	shards  shards
}

// transpose keeps the panels' data sample-major too.
func (b *batch[T]) transpose(t *kernels.Table[T], rows int) {
	for i := range b.panels {
		p := &b.panels[i]
		p.dataT = make([]T, t.PaddedRows(rows)*t.Width())
		t.SampleMajor(p.dataT, p.data, rows, p.vecs)
	}
}

func newBatch[T Float](t *kernels.Table[T], d Data[T], latents int) *batch[T] {
	b := &batch[T]{samples: d.X.Rows, panels: make([]panel[T], panelCount(d.X.Rows, t.Width()))}
	b.shards = newShards(len(b.panels))
	for i := range b.panels {
		p := &b.panels[i]
		p.place(t, i, b.samples, latents, d.X.Cols)
		p.setX(t, d.X)
		p.setZ0(t, d.Start, latents)
		if d.Labels != nil {
			p.labels = d.Labels[p.first : p.first+p.samples]
		}
		if d.Targets.Rows > 0 {
			p.targets = make([]T, d.Targets.Cols*t.Width())
			t.Pack(p.targets, d.Targets.Data[p.first*d.Targets.Stride:], p.samples, d.Targets.Cols, d.Targets.Stride)
		}
	}
	return b
}

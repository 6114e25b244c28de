package engine

import "github.com/inversenet/inversenet/kernels"

// A panel is a group of samples in the layout of package kernels, with what one
// needs to know about them.
type panel[T Float] struct {
	first   int // index of its first sample in the batch
	samples int
	vecs    int // vectors its samples fill in each row

	data  []T // z₀ and −x below each other, whole vectors of rows
	z0    []T // start of the inversion, latents rows of data
	negX  []T // −x, pixels rows of data
	dataT []T // data, sample-major, for batches that stay

	gradX     []T  // where ∂L/∂X is added to, nil where it is not wanted
	wantStart bool // whether backward must return ∂L/∂Z₀
	fromZero  bool // z₀ is zero and not wanted

	goals goals[T] // what a loss compares outputs with
}

// panelCount is the number of panels of a batch.
func panelCount(samples, width int) int { return (samples + width - 1) / width }

// place makes p panel i of a batch, with room for its data.
func (p *panel[T]) place(t *kernels.Table[T], i, samples, latents, pixels int) {
	width := t.Width()
	p.first = i * width
	p.samples = min(width, samples-p.first)
	p.vecs = t.Vectors(p.samples)
	if p.data == nil {
		rows := max(t.PaddedRows(latents+pixels), latents+t.PaddedRows(pixels))
		p.data = make([]T, rows*width)
		p.z0 = p.data[: latents*width : latents*width]
		// Residuals read the target in whole vectors of rows.
		p.negX = p.data[latents*width:]
	}
}

// setX packs observations, negated: the residual W·z + b − x then starts from a
// panel that needs no subtraction.
func (p *panel[T]) setX(t *kernels.Table[T], x []T, cols, stride int) {
	t.PackNegated(p.negX, x, p.samples, cols, stride)
}

// setZ0 packs the starts.
func (p *panel[T]) setZ0(t *kernels.Table[T], z0 []T, cols, stride int) {
	t.Pack(p.z0, z0, p.samples, cols, stride)
}

// onlySamples sets the lanes beyond the samples to zero in the first rows.
func (p *panel[T]) onlySamples(t *kernels.Table[T], v []T, rows int) {
	if p.samples == p.vecs*t.Lanes() {
		return
	}
	for r := range rows {
		clear(v[r*t.Width():][p.samples : p.vecs*t.Lanes()])
	}
}

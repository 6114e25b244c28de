package inverse

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

	labels    []int
	targets   []T  // outputs rows
	wantStart bool // whether backward must return ∂L/∂Z₀
	fromZero  bool // z₀ is zero and not wanted
}

// panelSpan is the range of samples in panel i of a batch.
func panelSpan(i, width, samples int) (first, count int) {
	first = i * width
	return first, min(width, samples-first)
}

func panelCount(samples, width int) int { return (samples + width - 1) / width }

// place makes p panel i of a batch, with room for its data.
func (p *panel[T]) place(t *kernels.Table[T], i, samples, latents, pixels int) {
	p.first, p.samples = panelSpan(i, t.Width(), samples)
	p.vecs = t.Vectors(p.samples)
	if p.data == nil {
		rows := max(t.PaddedRows(latents+pixels), latents+t.PaddedRows(pixels))
		p.data = make([]T, rows*t.Width())
		p.z0 = p.data[: latents*t.Width() : latents*t.Width()]
		// Residuals read the target in whole vectors of rows.
		p.negX = p.data[latents*t.Width():]
	}
}

// setX packs the panel's observations, negated: the residual W·z + b − x then
// starts from a panel that needs no subtraction.
func (p *panel[T]) setX(t *kernels.Table[T], x Matrix[T]) {
	t.Pack(p.negX, x.Data, p.samples, x.Cols, x.Stride)
	for i, v := range p.negX[:x.Cols*t.Width()] {
		p.negX[i] = -v
	}
}

// setZ0 packs the panel's starting latents.
func (p *panel[T]) setZ0(t *kernels.Table[T], z0 Matrix[T]) {
	t.Pack(p.z0, z0.Data, p.samples, z0.Cols, z0.Stride)
}

package inverse

import "github.com/inversenet/inversenet/kernels"

// A panel is a group of samples in the layout of package kernels, with what one
// needs to know about them.
type panel[T Float] struct {
	first   int // index of its first sample in the batch
	samples int
	vecs    int // vectors its samples fill in each row
	negX    []T // −x, pixels rows
	z0      []T // start of the inversion, latents rows
	labels  []int
	targets []T // outputs rows
}

// panelSpan is the range of samples in panel i of a batch.
func panelSpan(i, width, samples int) (first, count int) {
	first = i * width
	return first, min(width, samples-first)
}

func panelCount(samples, width int) int { return (samples + width - 1) / width }

// setX packs observations, negated: the residual W·z + b − x then starts from a
// panel that needs no subtraction.
func (p *panel[T]) setX(t *kernels.Table[T], x Matrix[T]) {
	if p.negX == nil {
		p.negX = make([]T, x.Cols*t.Width())
	}
	t.Pack(p.negX, x.Data[p.first*x.Stride:], p.samples, x.Cols, x.Stride)
	for i, v := range p.negX {
		p.negX[i] = -v
	}
}

// setZ0 packs starting latents; a matrix without rows stands for zeros.
func (p *panel[T]) setZ0(t *kernels.Table[T], z0 Matrix[T], latents int) {
	if p.z0 == nil {
		p.z0 = make([]T, latents*t.Width())
	}
	if z0.Rows == 0 {
		clear(p.z0)
		return
	}
	t.Pack(p.z0, z0.Data[p.first*z0.Stride:], p.samples, latents, z0.Stride)
}

func (p *panel[T]) place(t *kernels.Table[T], i, samples int) {
	p.first, p.samples = panelSpan(i, t.Width(), samples)
	p.vecs = t.Vectors(p.samples)
}

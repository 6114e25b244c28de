package engine

import "github.com/inversenet/inversenet/kernels"

// A reader runs a generator or a head forwards on one panel at a time.
type reader[T Float] struct {
	table   *kernels.Table[T]
	layers  *layers[T] // nil for a Physics
	physics Physics[T]
	pass    pass[T]
	out     []T
	scratch []T
	z, x    []T // one sample's
}

// newReader returns a reader on layers that were loaded, or on a Physics.
func newReader[T Float](t *kernels.Table[T], g *Generator[T], n *layers[T]) *reader[T] {
	r := &reader[T]{table: t, layers: n, physics: g.Physics, out: make([]T, t.PaddedRows(g.Pixels)*t.Width())}
	if n == nil {
		r.z, r.x = make([]T, g.Latents), make([]T, g.Pixels)
		return r
	}
	r.pass, r.scratch = n.newPass(), make([]T, n.largest())
	return r
}

// read returns the panel G(Z), valid until the next call.
func (r *reader[T]) read(z []T, samples int) []T {
	if r.layers == nil {
		return r.readSamples(z, samples)
	}
	t, n, last, vecs := r.table, r.layers, r.layers.last(), r.table.Vectors(samples)
	t.Product(r.out, n.w[last], n.ascend(&r.pass, z, r.scratch, vecs), vecs, n.bias[last], kernels.Epilogue[T]{})
	if n.output != kernels.Identity {
		t.Apply(n.output, r.out, r.out, n.rows(last), vecs)
	}
	return r.out
}

func (r *reader[T]) readSamples(z []T, samples int) []T {
	width := r.table.Width()
	for n := range samples {
		gather(r.z, z[n:], width)
		r.physics.Forward(r.x, r.z)
		for j, v := range r.x {
			r.out[j*width+n] = v
		}
	}
	return r.out
}

// Generate computes x = G(z) for every row of z, on layers.
func Generate[T Float](t *kernels.Table[T], g *Generator[T], dst, z Batch[T]) {
	n := newLayers(t, g)
	n.load(g, false)
	r := newReader(t, g, n)
	in := make([]T, g.Latents*t.Width())
	for first := 0; first < z.Rows; first += t.Width() {
		samples := min(t.Width(), z.Rows-first)
		t.Pack(in, z.from(first), samples, g.Latents, z.Stride)
		t.Unpack(dst.from(first), r.read(in, samples), samples, g.Pixels, dst.Stride)
	}
}

package modelfile

import (
	"fmt"

	"github.com/inversenet/inversenet/internal/portable"
	"github.com/inversenet/inversenet/inverse"
)

// reader reads rows of T with a model of precision P, in memory of its own.
type reader[T, P inverse.Float] struct {
	file      *File
	solver    *inverse.Solver[P]
	generator *forward[P]
	head      *forward[P] // nil for the identity
	x, z, out inverse.Matrix[P]
	softmax   []float64
}

// manySamples is what a form that is left to choose is chosen for, however few rows
// are read, so that a row is always read alike.
const manySamples = 1 << 10

func newReader[T, P inverse.Float](f *File, m *inverse.Model[P], threads int) (*reader[T, P], error) {
	solver, err := inverse.NewSolver(m.Generator, m.Inner, inverse.Compute[P]{Threads: threads, Samples: manySamples})
	if err != nil {
		return nil, err
	}
	return &reader[T, P]{
		file: f, solver: solver, generator: newForward(m.Generator), head: newForward(m.Head),
		softmax: make([]float64, f.Outputs),
	}, nil
}

// read says about the rows of x, the first of which has the given number, what
// into has room for.
func (r *reader[T, P]) read(into Prediction[T], x inverse.Matrix[T], first int) error {
	r.reserve(x.Rows)
	if err := r.load(x, first); err != nil {
		return err
	}
	if err := r.solver.Invert(r.z, r.x); err != nil {
		if i := rowNotFinite(r.z); i >= 0 {
			return fmt.Errorf("row %d: %w", first+i, err)
		}
		return err
	}
	out := r.z
	if r.head != nil {
		out = r.out
		r.head.apply(out, r.z)
		if i := rowNotFinite(out); i >= 0 {
			return fmt.Errorf("row %d: the head's outputs are not finite in %s", first+i, r.file.Precision)
		}
	}
	r.writeClasses(into, out)
	if i := convert(into.Outputs, out); i >= 0 {
		return fmt.Errorf("row %d: its outputs are not finite in %s", first+i, precisionOf[T]())
	}
	if i := convert(into.Latents, r.z); i >= 0 {
		return fmt.Errorf("row %d: its latents are not finite in %s", first+i, precisionOf[T]())
	}
	return r.reconstruct(into.Reconstructions, first)
}

// reserve makes room for so many rows.
func (r *reader[T, P]) reserve(rows int) {
	f := r.file
	r.x, r.z = resized(r.x, rows, f.Pixels), resized(r.z, rows, f.Latents)
	if r.head != nil {
		r.out = resized(r.out, rows, f.Outputs)
	}
}

// resized is m with so many rows, in its own memory where that is enough.
func resized[T inverse.Float](m inverse.Matrix[T], rows, cols int) inverse.Matrix[T] {
	if cap(m.Data) < rows*cols {
		return inverse.NewMatrix[T](rows, cols)
	}
	return inverse.Matrix[T]{Rows: rows, Cols: cols, Stride: cols, Data: m.Data[:rows*cols]}
}

// load scales the rows and sets the latents to the start. Scaling is in float64
// whatever the types, for an offset can be large beside the scale.
func (r *reader[T, P]) load(x inverse.Matrix[T], first int) error {
	s := r.file.Scaling
	for i := range x.Rows {
		dst := r.x.Row(i)
		for j, v := range x.Row(i) {
			dst[j] = P(s.apply(float64(v), j))
			if dst[j]-dst[j] != 0 {
				return fmt.Errorf("row %d, column %d: %v is not finite in %s when it is scaled as in training", first+i, j, v, r.file.Precision)
			}
		}
		z := r.z.Row(i)
		clear(z)
		for k, v := range r.file.Start {
			z[k] = P(v)
		}
	}
	return nil
}

// writeClasses writes classes and probabilities.
func (r *reader[T, P]) writeClasses(into Prediction[T], out inverse.Matrix[P]) {
	for i := range out.Rows {
		row := out.Row(i)
		if into.Classes != nil {
			into.Classes[i] = largest(row)
		}
		if into.Probabilities.Rows > 0 {
			softmax(r.softmax, row)
			for k, p := range r.softmax {
				into.Probabilities.Row(i)[k] = T(p)
			}
		}
	}
}

// reconstruct writes G(z) in the numbers of the data.
func (r *reader[T, P]) reconstruct(dst inverse.Matrix[T], first int) error {
	if dst.Rows == 0 {
		return nil
	}
	r.generator.apply(r.x, r.z) // the observations are not needed any more
	s := r.file.Scaling
	for i := range dst.Rows {
		row := dst.Row(i)
		for j, v := range r.x.Row(i) {
			row[j] = T(s.undo(float64(v), j))
			if row[j]-row[j] != 0 {
				return fmt.Errorf("row %d, column %d: its reconstruction is not finite in %s", first+i, j, precisionOf[T]())
			}
		}
	}
	return nil
}

// convert writes src to dst, if that has rows. It returns the first row that is
// not finite in the other type, or −1.
func convert[T, P inverse.Float](dst inverse.Matrix[T], src inverse.Matrix[P]) int {
	for i := range dst.Rows {
		row := dst.Row(i)
		for j, v := range src.Row(i) {
			row[j] = T(v)
		}
	}
	return rowNotFinite(dst)
}

func largest[T inverse.Float](values []T) (at int) {
	for i, v := range values {
		if v > values[at] {
			at = i
		}
	}
	return at
}

// softmax sets p_k = exp(o_k)/Σ exp(o_c), in float64.
func softmax[T inverse.Float](p []float64, outputs []T) {
	top := float64(outputs[largest(outputs)])
	var sum float64
	for k, v := range outputs {
		p[k] = portable.Exp(float64(v) - top)
		sum += p[k]
	}
	for k := range p {
		p[k] /= sum
	}
}

// rowNotFinite is the first row with a number that is not finite, or −1.
func rowNotFinite[T inverse.Float](m inverse.Matrix[T]) int {
	for i := range m.Rows {
		for _, v := range m.Row(i) {
			if v-v != 0 {
				return i
			}
		}
	}
	return -1
}

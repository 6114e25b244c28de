package modelfile

import (
	"fmt"

	"github.com/inversenet/inversenet/inverse"
)

// Prediction is where a [Predictor] puts what it says about rows: into the fields
// that have room for them, a slice or matrix with one element or row for each.
// Those that are nil, or have no rows, are not wanted and cost nothing.
type Prediction[T inverse.Float] struct {
	// Classes are the outputs that are largest, of equal ones the first;
	// [Info.Class] names them.
	Classes []int
	// Probabilities are the softmax of the outputs.
	Probabilities inverse.Matrix[T]
	// Outputs are what the head gives, or the latents where there is none.
	Outputs inverse.Matrix[T]
	// Latents are what inversion finds.
	Latents inverse.Matrix[T]
	// Reconstructions are what the generator gives for the latents, in the numbers
	// of the data.
	Reconstructions inverse.Matrix[T]
}

// NewPrediction has room for all there is to say about so many rows.
func (p *Predictor[T]) NewPrediction(rows int) *Prediction[T] {
	f := p.file
	return &Prediction[T]{
		Classes:         make([]int, rows),
		Probabilities:   inverse.NewMatrix[T](rows, f.Outputs),
		Outputs:         inverse.NewMatrix[T](rows, f.Outputs),
		Latents:         inverse.NewMatrix[T](rows, f.Latents),
		Reconstructions: inverse.NewMatrix[T](rows, f.Pixels),
	}
}

// check panics when a field has room for other rows or columns.
func (into *Prediction[T]) check(rows int, f *File) {
	if n := len(into.Classes); into.Classes != nil && n != rows {
		panic(fmt.Sprintf("modelfile: Classes has %d elements for %d rows", n, rows))
	}
	checkMatrix("Probabilities", into.Probabilities, rows, f.Outputs)
	checkMatrix("Outputs", into.Outputs, rows, f.Outputs)
	checkMatrix("Latents", into.Latents, rows, f.Latents)
	checkMatrix("Reconstructions", into.Reconstructions, rows, f.Pixels)
}

// checkMatrix panics unless m has no rows or is of the given shape, with memory
// for it.
func checkMatrix[T inverse.Float](name string, m inverse.Matrix[T], rows, cols int) {
	if m.Rows == 0 {
		return
	}
	if m.Rows != rows || m.Cols != cols {
		panic(fmt.Sprintf("modelfile: %s is %d×%d, want %d×%d", name, m.Rows, m.Cols, rows, cols))
	}
	if m.Stride < m.Cols || len(m.Data) < (m.Rows-1)*m.Stride+m.Cols {
		panic(fmt.Sprintf("modelfile: %s is %d×%d with stride %d, but has %d elements", name, m.Rows, m.Cols, m.Stride, len(m.Data)))
	}
}

// part is the prediction for the rows from ≤ i < to.
func (into *Prediction[T]) part(from, to int) Prediction[T] {
	part := Prediction[T]{
		Probabilities:   rowsOf(into.Probabilities, from, to),
		Outputs:         rowsOf(into.Outputs, from, to),
		Latents:         rowsOf(into.Latents, from, to),
		Reconstructions: rowsOf(into.Reconstructions, from, to),
	}
	if into.Classes != nil {
		part.Classes = into.Classes[from:to]
	}
	return part
}

func rowsOf[T inverse.Float](m inverse.Matrix[T], from, to int) inverse.Matrix[T] {
	if m.Rows == 0 {
		return m
	}
	return m.Slice(from, to)
}

package modelfile

import (
	"fmt"
	"math"
	"sync"

	"github.com/inversenet/inversenet/inverse"
)

// A Predictor reads rows as they stand in the data with a trained model. T is the
// element type of the rows and of what it says about them; the model runs in its
// own precision.
//
// Any number of goroutines may use a Predictor at once. Each call that runs beside
// others works in memory of its own, which is kept: once as many have run at once,
// on as many rows, as ever will, calls allocate nothing. What a row gives does not
// depend on the rows beside it, nor on the number of goroutines, to the bit.
type Predictor[T inverse.Float] struct {
	file    *File
	threads int
	start   func() (worker[T], error)

	mutex sync.Mutex
	idle  []worker[T]
}

// worker is what one call works in. It reads up to blockRows rows.
type worker[T inverse.Float] interface {
	read(into Prediction[T], x inverse.Matrix[T], first int) error
}

// blockRows is the most rows that are inverted together: many enough for all
// cores, and few enough that memory does not grow with a file.
const blockRows = 4096

// Open reads the model at path for rows of T. It is ReadFile and NewPredictor on
// all cores.
func Open[T inverse.Float](path string) (*Predictor[T], error) {
	f, err := ReadFile(path)
	if err != nil {
		return nil, err
	}
	p, err := NewPredictor[T](f, 0)
	if err != nil {
		return nil, fmt.Errorf("cannot use the model %s: %w", path, err)
	}
	return p, nil
}

// NewPredictor returns a predictor for the model of a file. Each call shares the
// rows among so many goroutines, 0 for one on each core; a service that calls it
// from many goroutines has the most of them with 1.
func NewPredictor[T inverse.Float](f *File, threads int) (*Predictor[T], error) {
	p := &Predictor[T]{file: f, threads: threads}
	if f.Precision == precisionOf[float32]() {
		if err := prepare[T, float32](p); err != nil {
			return nil, err
		}
	} else if err := prepare[T, float64](p); err != nil {
		return nil, err
	}
	first, err := p.start()
	if err != nil {
		return nil, err
	}
	p.idle = append(p.idle, first)
	return p, nil
}

// prepare loads the model in its own precision P.
func prepare[T, P inverse.Float](p *Predictor[T]) error {
	m, err := Load[P](p.file)
	if err != nil {
		return err
	}
	m.Inner = fixed(m.Inner, m.Generator)
	p.start = func() (worker[T], error) { return newReader[T](p.file, m, p.threads) }
	return nil
}

// fixed replaces an automatic step, 1/(λmax + ridge), by its number: the generator
// of a predictor stays as it is.
func fixed[P inverse.Float](in inverse.Inner, g inverse.Generator[P]) inverse.Inner {
	spectral, ok := g.(interface{ LambdaMax() float64 })
	if !in.AutoStep || !ok {
		return in
	}
	step := 1 / (spectral.LambdaMax() + in.Ridge)
	if math.IsInf(step, 0) || math.IsNaN(step) {
		return in
	}
	in.AutoStep, in.Reduction, in.LearningRate = false, inverse.Sum, step/2 // s = 2α
	return in
}

// Model is the file that the predictor is of.
func (p *Predictor[T]) Model() *File { return p.file }

// Predict says about each row of x, pixels as they stand in the data, what into
// has room for. Reconstructions may be x itself; else nothing may overlap.
//
// It returns an inverse.NonFiniteError, before it writes, when x holds NaN or Inf,
// and an error, with into holding nothing of use, when a row leaves the finite
// numbers on its way. It panics, before it writes, when shapes do not fit.
func (p *Predictor[T]) Predict(into *Prediction[T], x inverse.Matrix[T]) error {
	f := p.file
	if x.Rows > 0 {
		checkMatrix("x", x, x.Rows, f.Pixels)
	}
	into.check(x.Rows, f)
	for i := range x.Rows {
		for j, v := range x.Row(i) {
			if v-v != 0 {
				return &inverse.NonFiniteError{Name: "x", Row: i, Col: j, Value: float64(v)}
			}
		}
	}
	w, err := p.take()
	if err != nil {
		return err
	}
	defer p.give(w)
	for from := 0; from < x.Rows; from += blockRows {
		to := min(from+blockRows, x.Rows)
		if err := w.read(into.part(from, to), x.Slice(from, to), from); err != nil {
			return err
		}
	}
	return nil
}

// Classify says what class a single row is of, and how probable that is. A row of
// another length than the model's pixels is an error; the others are those of
// [Predictor.Predict].
func (p *Predictor[T]) Classify(row []T) (class string, probability float64, err error) {
	f := p.file
	if len(row) != f.Pixels {
		return "", 0, fmt.Errorf("a row of %d numbers, want %d as the model has pixels", len(row), f.Pixels)
	}
	into := Prediction[T]{Classes: make([]int, 1), Probabilities: inverse.NewMatrix[T](1, f.Outputs)}
	x := inverse.Matrix[T]{Rows: 1, Cols: len(row), Stride: len(row), Data: row}
	if err := p.Predict(&into, x); err != nil {
		return "", 0, err
	}
	k := into.Classes[0]
	return f.Class(k), float64(into.Probabilities.Data[k]), nil
}

// take is an idle worker, or a new one.
func (p *Predictor[T]) take() (worker[T], error) {
	p.mutex.Lock()
	if n := len(p.idle); n > 0 {
		w := p.idle[n-1]
		p.idle = p.idle[:n-1]
		p.mutex.Unlock()
		return w, nil
	}
	p.mutex.Unlock()
	return p.start()
}

func (p *Predictor[T]) give(w worker[T]) {
	p.mutex.Lock()
	p.idle = append(p.idle, w)
	p.mutex.Unlock()
}

package inverse

import (
	"fmt"

	"github.com/inversenet/inversenet/kernels"
)

// A Loss is the outer loss that training lowers. With o the output of the head
// for one of B samples and C the number of outputs, the losses are
// [SoftmaxCrossEntropy], [LogisticCrossEntropy] and [SquaredError].
type Loss interface {
	fmt.Stringer
	// labelled reports whether targets are class labels.
	labelled() bool
	validate() error
}

// SoftmaxCrossEntropy is the mean over samples of −Σ_c t_c·log softmax(o)_c,
// where t is 1 for the label's output and 0 for the others; with Smoothing ε,
// 0 ≤ ε < 1, it is (1−ε)·t + ε/C.
type SoftmaxCrossEntropy struct{ Smoothing float64 }

// LogisticCrossEntropy takes each output as a question of its own, with answer
// t_c = 1 for the label's output and 0 for the others: the mean over samples and
// outputs of −t·log σ(o) − (1−t)·log(1−σ(o)). With Smoothing ε, 0 ≤ ε < 1, the
// answers are (1−ε)·t + ε/2.
type LogisticCrossEntropy struct{ Smoothing float64 }

// SquaredError is the mean over samples of ‖o − t‖² for a target t.
type SquaredError struct{}

func (SoftmaxCrossEntropy) String() string  { return "softmax cross entropy" }
func (LogisticCrossEntropy) String() string { return "logistic cross entropy" }
func (SquaredError) String() string         { return "squared error" }

func (SoftmaxCrossEntropy) labelled() bool  { return true }
func (LogisticCrossEntropy) labelled() bool { return true }
func (SquaredError) labelled() bool         { return false }

func (l SoftmaxCrossEntropy) validate() error  { return validSmoothing(l.Smoothing) }
func (l LogisticCrossEntropy) validate() error { return validSmoothing(l.Smoothing) }
func (SquaredError) validate() error           { return nil }

func validSmoothing(e float64) error {
	if !(e >= 0 && e < 1) {
		return fmt.Errorf("label smoothing: %v, want 0 <= smoothing < 1", e)
	}
	return nil
}

// lossWorker evaluates a loss on panels of outputs, for one goroutine.
type lossWorker[T Float] struct {
	table   *kernels.Table[T]
	loss    Loss
	outputs int
	largest []T // of each sample's outputs
	logSum  []T
	tail    []T
}

func newLossWorker[T Float](t *kernels.Table[T], loss Loss, outputs int) *lossWorker[T] {
	w := &lossWorker[T]{table: t, loss: loss, outputs: outputs, largest: make([]T, t.Width()), logSum: make([]T, t.Width())}
	if _, logistic := loss.(LogisticCrossEntropy); logistic {
		w.tail = make([]T, outputs*t.Width())
	}
	return w
}

// evaluate returns the sum of a panel's losses, each times weight, and sets grad
// to its gradient in the outputs. Lanes beyond the samples become zero.
func (w *lossWorker[T]) evaluate(p *panel[T], grad, out []T, weight float64) float64 {
	var total float64
	switch loss := w.loss.(type) {
	case SoftmaxCrossEntropy:
		total = w.softmax(p, grad, out, loss.Smoothing)
	case LogisticCrossEntropy:
		weight /= float64(w.outputs)
		total = w.logistic(p, grad, out, loss.Smoothing)
	default:
		total = w.squared(p, grad, out)
	}
	w.table.Gate(grad, grad, nil, w.outputs, p.vecs, T(weight), kernels.ProxNone, nil, nil)
	if p.samples < p.vecs*w.table.Lanes() {
		for c := range w.outputs {
			row := grad[c*w.table.Width():][:p.vecs*w.table.Lanes()]
			clear(row[p.samples:])
		}
	}
	return total * weight
}

// softmax: loss log Σ + Σ_c t_c·(m − o_c) with m the largest output and Σ = Σ_c exp(o_c − m),
// gradient softmax(o) − t. No term is negative, so that nothing cancels.
func (w *lossWorker[T]) softmax(p *panel[T], grad, out []T, smoothing float64) (total float64) {
	width := w.table.Width()
	w.table.Softmax(grad, w.largest, w.logSum, out, w.outputs, p.vecs)
	for n, label := range p.labels[:p.samples] {
		i := label*width + n
		behind := float64(w.largest[n]) - float64(out[i])
		total += float64(w.logSum[n]) + float64((1-smoothing)*behind)
		grad[i] -= T(1 - smoothing)
	}
	if smoothing == 0 {
		return total
	}
	share := smoothing / float64(w.outputs)
	for i := range w.outputs * width {
		if n := i % width; n < p.samples {
			behind := float64(w.largest[n]) - float64(out[i])
			total += float64(share * behind)
			grad[i] -= T(share)
		}
	}
	return total
}

// logistic: loss Σ_c log(1+exp(−|o_c|)) + (1−t_c)·o_c where o_c > 0, − t_c·o_c elsewhere,
// gradient σ(o) − t. No term is negative, so that nothing cancels.
func (w *lossWorker[T]) logistic(p *panel[T], grad, out []T, smoothing float64) (total float64) {
	width := w.table.Width()
	w.table.Logistic(grad, w.tail, out, w.outputs, p.vecs)
	small, large := smoothing/2, 1-smoothing/2 // the answers and what they lack to 1
	for c := range w.outputs {
		for n, label := range p.labels[:p.samples] {
			i := c*width + n
			answer, rest := small, large
			if label == c {
				answer, rest = large, small
			}
			total += float64(w.tail[i])
			switch o := float64(out[i]); {
			case o > 0 && rest > 0:
				total += float64(rest * o)
			case o < 0 && answer > 0:
				total -= float64(answer * o)
			}
			grad[i] -= T(answer)
		}
	}
	return total
}

// squared: loss ‖o − t‖², gradient 2(o − t).
func (w *lossWorker[T]) squared(p *panel[T], grad, out []T) (total float64) {
	width := w.table.Width()
	for c := range w.outputs {
		for i := c * width; i < c*width+p.samples; i++ {
			e := out[i] - p.targets[i]
			total += float64(e) * float64(e)
			grad[i] = 2 * e
		}
	}
	return total
}

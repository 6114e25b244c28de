package inverse

import (
	"fmt"
	"math"
)

// A Loss is the outer loss that training lowers. With o the output of the head
// for one of B samples and C the number of outputs, the losses are
// [SoftmaxCrossEntropy], [LogisticCrossEntropy] and [SquaredError].
type Loss interface {
	fmt.Stringer
	// labelled reports whether targets are class labels.
	labelled() bool
}

// SoftmaxCrossEntropy is the mean over samples of −log softmax(o)_y for the
// label y.
type SoftmaxCrossEntropy struct{}

// LogisticCrossEntropy takes each output as a question of its own, with answer
// t_c = 1 for the label's output and 0 for the others: the mean over samples and
// outputs of −t·log σ(o) − (1−t)·log(1−σ(o)).
type LogisticCrossEntropy struct{}

// SquaredError is the mean over samples of ‖o − t‖² for a target t.
type SquaredError struct{}

func (SoftmaxCrossEntropy) String() string  { return "softmax cross entropy" }
func (LogisticCrossEntropy) String() string { return "logistic cross entropy" }
func (SquaredError) String() string         { return "squared error" }

func (SoftmaxCrossEntropy) labelled() bool  { return true }
func (LogisticCrossEntropy) labelled() bool { return true }
func (SquaredError) labelled() bool         { return false }

// lossOnPanel returns the sum of a panel's losses, each times weight, and sets
// grad to its gradient in the outputs. Lanes beyond the samples become zero.
func lossOnPanel[T Float](loss Loss, grad, out []T, outputs, width int, p *panel[T], weight float64) float64 {
	clear(grad[:outputs*width])
	var total float64
	for n := range p.samples {
		o := column[T]{data: out[n:], stride: width, len: outputs}
		g := column[T]{data: grad[n:], stride: width, len: outputs}
		switch loss.(type) {
		case SoftmaxCrossEntropy:
			total += softmaxSample(g, o, p.labels[n], weight)
		case LogisticCrossEntropy:
			total += logisticSample(g, o, p.labels[n], weight/float64(outputs))
		case SquaredError:
			t := column[T]{data: p.targets[n:], stride: width, len: outputs}
			total += squaredSample(g, o, t, weight)
		}
	}
	return total * weight
}

// column is one sample of a panel.
type column[T Float] struct {
	data        []T
	stride, len int
}

func (c column[T]) at(i int) float64     { return float64(c.data[i*c.stride]) }
func (c column[T]) set(i int, v float64) { c.data[i*c.stride] = T(v) }

// softmaxSample: loss log Σ exp(o) − o_y, gradient softmax(o) − 1_y.
func softmaxSample[T Float](grad, o column[T], label int, weight float64) float64 {
	top := math.Inf(-1)
	for i := range o.len {
		top = math.Max(top, o.at(i))
	}
	var sum float64
	for i := range o.len {
		sum += math.Exp(o.at(i) - top)
	}
	for i := range o.len {
		p := math.Exp(o.at(i)-top) / sum
		if i == label {
			p--
		}
		grad.set(i, weight*p)
	}
	return top + math.Log(sum) - o.at(label)
}

// logisticSample: loss mean of log(1+exp(o)) − t·o, gradient σ(o) − t.
func logisticSample[T Float](grad, o column[T], label int, weight float64) float64 {
	var sum float64
	for i := range o.len {
		v := o.at(i)
		e := math.Exp(-math.Abs(v))
		sigma := 1 / (1 + e)
		if v < 0 {
			sigma = e / (1 + e)
		}
		sum += math.Max(v, 0) + math.Log1p(e)
		if i == label {
			sum -= v
			sigma--
		}
		grad.set(i, weight*sigma)
	}
	return sum / float64(o.len)
}

// squaredSample: loss ‖o − t‖², gradient 2(o − t).
func squaredSample[T Float](grad, o, t column[T], weight float64) float64 {
	var sum float64
	for i := range o.len {
		e := o.at(i) - t.at(i)
		sum += e * e
		grad.set(i, weight*2*e)
	}
	return sum
}

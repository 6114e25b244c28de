package inverse

import (
	"fmt"

	"github.com/inversenet/inversenet/inverse/internal/engine"
)

// A Loss is the outer loss that training lowers. With o the output of the head
// for one of B samples and C the number of outputs, the losses are
// [SoftmaxCrossEntropy], [LogisticCrossEntropy], [SquaredError], and a [LossFunc] of
// one's own. Where the data weigh samples, each one's loss is multiplied by its
// weight, see [Data].
type Loss interface {
	fmt.Stringer
	// labelled reports whether targets are class labels.
	labelled() bool
	validate() error
}

// SoftmaxCrossEntropy is the mean over samples of −Σ_c t_c·log softmax(o)_c,
// where t is 1 for the label's output and 0 for the others; with Smoothing ε,
// 0 ≤ ε < 1, it is (1−ε)·t + ε/C.
type SoftmaxCrossEntropy struct {
	Smoothing float64 // ε
}

// LogisticCrossEntropy takes each output as a question of its own, with answer
// t_c = 1 for the label's output and 0 for the others: the mean over samples and
// outputs of −t·log σ(o) − (1−t)·log(1−σ(o)). With Smoothing ε, 0 ≤ ε < 1, the
// answers are (1−ε)·t + ε/2.
type LogisticCrossEntropy struct {
	Smoothing float64 // ε
}

// SquaredError is the mean over samples of ‖o − t‖² for a target t.
type SquaredError struct{}

// String is softmax cross entropy.
func (SoftmaxCrossEntropy) String() string { return "softmax cross entropy" }

// String is logistic cross entropy.
func (LogisticCrossEntropy) String() string { return "logistic cross entropy" }

// String is squared error.
func (SquaredError) String() string { return "squared error" }

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

// LossFunc is a loss of one's own: the mean over samples of a function of the
// output o of a sample, which is a row of the data, and of whatever else the
// function knows of that. It returns the sample's loss and sets grad, zero before,
// to its gradient in o. It is called from several goroutines at once and must not
// keep grad or out.
type LossFunc[T Float] func(grad, out []T, sample int) float64

// String is a loss of one's own.
func (LossFunc[T]) String() string  { return "a loss of one's own" }
func (LossFunc[T]) labelled() bool  { return false }
func (LossFunc[T]) validate() error { return nil }

// lossOf is what the engine needs of a loss, or an error that refuses it.
func lossOf[T Float](loss Loss) (engine.Loss[T], error) {
	switch l := loss.(type) {
	case SoftmaxCrossEntropy:
		return engine.Loss[T]{Kind: engine.SoftmaxLoss, Smoothing: l.Smoothing}, l.validate()
	case LogisticCrossEntropy:
		return engine.Loss[T]{Kind: engine.LogisticLoss, Smoothing: l.Smoothing}, l.validate()
	case SquaredError:
		return engine.Loss[T]{Kind: engine.SquaredLoss}, nil
	case LossFunc[T]:
		if l != nil {
			return engine.Loss[T]{Kind: engine.OwnLoss, Own: l}, nil
		}
	}
	return engine.Loss[T]{}, refused("loss", loss, "SoftmaxCrossEntropy, LogisticCrossEntropy, SquaredError or a LossFunc of the model's element type")
}

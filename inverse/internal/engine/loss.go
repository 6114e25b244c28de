package engine

import "github.com/inversenet/inversenet/kernels"

// A LossKind is a form that a loss of a sample's outputs o can have.
type LossKind int

const (
	// SoftmaxLoss is −Σ_c t_c·log softmax(o)_c.
	SoftmaxLoss LossKind = iota
	// LogisticLoss is the mean over outputs of −t·log σ(o) − (1−t)·log(1−σ(o)).
	LogisticLoss
	// SquaredLoss is ‖o − t‖².
	SquaredLoss
	// OwnLoss is a function.
	OwnLoss
)

// A Loss is what outputs are compared with their goals by. A Smoothing ε takes the
// answers of the cross entropies to (1−ε)·t + ε/C, or ε/2 for the logistic one.
type Loss[T Float] struct {
	Kind      LossKind
	Smoothing float64
	// Own sets grad to the gradient in the outputs of one sample, and returns its
	// loss.
	Own func(grad, out []T, sample int) float64
}

// goals are what a loss compares the outputs of a panel with.
type goals[T Float] struct {
	labels  []int
	targets []T       // outputs rows
	weights []float64 // of samples, nil where all are 1
	order   []int     // the samples' rows in the data
}

// lossWorker evaluates a loss on panels of outputs, for one goroutine.
type lossWorker[T Float] struct {
	table    *kernels.Table[T]
	loss     Loss[T]
	outputs  int
	losses   []float64 // of the panel's samples
	largest  []T       // logit of each sample
	logSum   []T
	tail     []T
	out, own []T // one sample's
}

func newLossWorker[T Float](t *kernels.Table[T], loss Loss[T], outputs int) *lossWorker[T] {
	w := &lossWorker[T]{table: t, loss: loss, outputs: outputs, losses: make([]float64, t.Width())}
	switch loss.Kind {
	case SoftmaxLoss:
		w.largest, w.logSum = make([]T, t.Width()), make([]T, t.Width())
	case LogisticLoss:
		w.tail = make([]T, outputs*t.Width())
	case OwnLoss:
		w.out, w.own = make([]T, outputs), make([]T, outputs)
	}
	return w
}

// evaluate returns the sum of a panel's losses, each times weight and the weight of
// its sample, and sets grad to its gradient in the outputs. Lanes beyond the
// samples become zero.
func (w *lossWorker[T]) evaluate(p *panel[T], grad, out []T, weight float64) (total float64) {
	switch w.loss.Kind {
	case SoftmaxLoss:
		w.softmax(p, grad, out)
	case LogisticLoss:
		weight /= float64(w.outputs)
		w.logistic(p, grad, out)
	case SquaredLoss:
		w.squared(p, grad, out)
	default:
		w.ownLoss(p, grad, out)
	}
	w.table.Gate(grad, grad, nil, w.outputs, p.vecs, T(weight), kernels.ProxNone, nil, nil)
	p.onlySamples(w.table, grad, w.outputs)
	weights := p.goals.weights
	for n, l := range w.losses[:p.samples] {
		if weights != nil {
			l *= weights[n]
		}
		total += l
	}
	if weights != nil {
		for c := range w.outputs {
			row := grad[c*w.table.Width():][:p.samples]
			for n := range row {
				row[n] *= T(weights[n])
			}
		}
	}
	return total * weight
}

// squared: loss ‖o − t‖², gradient 2(o − t).
func (w *lossWorker[T]) squared(p *panel[T], grad, out []T) {
	width := w.table.Width()
	clear(w.losses)
	for c := range w.outputs {
		for n := range p.samples {
			i := c*width + n
			e := out[i] - p.goals.targets[i]
			w.losses[n] += float64(float64(e) * float64(e))
			grad[i] = 2 * e
		}
	}
}

// ownLoss asks the function, sample by sample.
func (w *lossWorker[T]) ownLoss(p *panel[T], grad, out []T) {
	width := w.table.Width()
	for n, sample := range p.goals.order[:p.samples] {
		gather(w.out, out[n:], width)
		clear(w.own)
		w.losses[n] = w.loss.Own(w.own, w.out, sample)
		for c, g := range w.own {
			grad[c*width+n] = g
		}
	}
}

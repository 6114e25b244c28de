package engine

// The cross entropies are sums of terms that are not negative, in float64, so that
// nothing cancels however large the logits are.

// softmax: with m the largest logit, the loss of label l is
//
//	log Σ_c exp(o_c − m) + (1−ε)·(m − o_l) + ε/C·Σ_c (m − o_c)
//
// and its gradient softmax(o) − t.
func (w *lossWorker[T]) softmax(p *panel[T], grad, out []T) {
	width, smoothing := w.table.Width(), w.loss.Smoothing
	w.table.Softmax(grad, w.largest, w.logSum, out, w.outputs, p.vecs)
	for n, label := range p.goals.labels[:p.samples] {
		i := label*width + n
		w.losses[n] = float64(w.logSum[n]) + float64((1-smoothing)*(float64(w.largest[n])-float64(out[i])))
		grad[i] -= T(1 - smoothing)
	}
	if smoothing == 0 {
		return
	}
	share := smoothing / float64(w.outputs)
	for c := range w.outputs {
		for n := range p.samples {
			i := c*width + n
			w.losses[n] += float64(share * (float64(w.largest[n]) - float64(out[i])))
			grad[i] -= T(share)
		}
	}
}

// logistic: for each output, with the answer t and its complement u = 1 − t,
//
//	log(1 + exp(−|o|)) + u·o where o > 0, − t·o elsewhere
//
// and the gradient σ(o) − t.
func (w *lossWorker[T]) logistic(p *panel[T], grad, out []T) {
	width, half := w.table.Width(), float64(w.loss.Smoothing/2)
	w.table.Logistic(grad, w.tail, out, w.outputs, p.vecs)
	clear(w.losses)
	for c := range w.outputs {
		for n, label := range p.goals.labels[:p.samples] {
			i := c*width + n
			yes, no := half, 1-half
			if c == label {
				yes, no = no, yes
			}
			w.losses[n] += float64(w.tail[i]) + miss(float64(out[i]), yes, no)
			grad[i] -= T(yes)
		}
	}
}

// miss is no·o for positive o and −yes·o for others; nothing where the factor is
// 0, also of an infinite o.
func miss(o, yes, no float64) float64 {
	switch {
	case o > 0 && no > 0:
		return float64(no * o)
	case o <= 0 && yes > 0:
		return float64(-yes * o)
	default:
		return 0
	}
}

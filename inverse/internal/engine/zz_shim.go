package engine

import "math"

func (w *lossWorker[T]) shimSoftmax(grad, largest, logSum, out []T, classes, vecs int) {
	t := w.table
	t.Softmax(grad, logSum, out, classes, vecs)
	for n := range vecs * t.Lanes() {
		m := math.Inf(-1)
		for c := range classes {
			m = max(m, float64(out[c*t.Width()+n]))
		}
		largest[n] = T(m)
		logSum[n] -= T(m)
	}
}

func (w *lossWorker[T]) shimLogistic(grad, tail, out []T, classes, vecs int) {
	w.table.Logistic(grad, tail, out, classes, vecs)
	for i := range classes * w.table.Width() {
		tail[i] -= max(out[i], 0)
	}
}

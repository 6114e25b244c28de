package inverse

import "math"

// never is where a sample that has not settled stops.
const never = math.MaxInt

// settledAt reports whether sample i of the panel stopped at the tolerance.
func (w *unrolledWorker[T]) settledAt(i int) bool { return w.stopAt[i] != never }

// stop ends step n for samples that moved little: from then on they keep their
// latents, whatever their neighbours do. It reports whether all have stopped.
func (w *unrolledWorker[T]) stop(n int) bool {
	width := w.table.Width()
	z, next := w.z(n), w.z(n+1)
	if n == 0 {
		for i := range w.stopAt {
			w.stopAt[i] = never
		}
	}
	all := true
	for i := range w.panel.samples {
		if w.stopAt[i] <= n {
			for k := range w.latents {
				next[k*width+i] = z[k*width+i]
			}
			continue
		}
		if !w.settled(z[i:], next[i:]) {
			all = false
			continue
		}
		w.stopAt[i] = n + 1
	}
	return all
}

// settled reports whether one sample's step was at most Tolerance·max(1, ‖z‖).
func (w *unrolledWorker[T]) settled(z, next []T) bool {
	width := w.table.Width()
	var moved, norm float64
	for k := range w.latents {
		a, b := float64(z[k*width]), float64(next[k*width])
		moved += (b - a) * (b - a)
		norm += b * b
	}
	tol := w.inner.Tolerance
	return moved <= tol*tol*max(1, norm)
}

// hold visits the elements of samples that had stopped before step n.
func (w *unrolledWorker[T]) hold(n int, visit func(i int)) {
	width := w.table.Width()
	for i := range w.panel.samples {
		if w.stopAt[i] > n {
			continue
		}
		for k := range w.latents {
			visit(k*width + i)
		}
	}
}

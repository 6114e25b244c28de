package activeset

import "github.com/inversenet/inversenet/kernels"

// rows are the rows of Ã that belong to a support, side by side, so that the
// correlation of all latents is one pass of the kernels over them. Each has a slot
// and a coefficient; a slot that was given back has the coefficient 0.
type rows struct {
	table  *kernels.Table[float64]
	stride int
	data   []float64
	coef   []float64 // whole panel rows
	used   int       // slots in use or given back
	free   []int     // slots given back
}

func (r *rows) init(t *kernels.Table[float64], stride int) {
	if r.table != t || r.stride != stride {
		*r = rows{table: t, stride: stride}
	}
	r.reset(0)
}

// reset gives back all slots but the first n.
func (r *rows) reset(n int) {
	clear(r.coef)
	r.used, r.free = n, r.free[:0]
}

// take copies row a into a slot.
func (r *rows) take(a []float64) (slot int) {
	if n := len(r.free); n > 0 {
		slot, r.free = r.free[n-1], r.free[:n-1]
	} else {
		slot = r.used
		r.used++
	}
	if slot >= len(r.coef) {
		w := r.table.Width()
		n := (slot+slot/2)/w*w + w
		r.coef = extended(r.coef, n)
		r.data = extended(r.data, n*r.stride)
	}
	copy(r.data[slot*r.stride:][:r.stride], a)
	return slot
}

func (r *rows) giveBack(slot int) {
	r.coef[slot] = 0
	r.free = append(r.free, slot)
}

// accumulate: dst += Σ coef·row.
func (r *rows) accumulate(dst []float64) {
	w := r.table.Width()
	for at := 0; at < r.used; at += w {
		r.table.Outer(dst, r.coef[at:], 1, r.data[at*r.stride:], r.stride, min(w, r.used-at))
	}
}

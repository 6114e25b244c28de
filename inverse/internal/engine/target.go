package engine

import (
	"math"

	"github.com/inversenet/inversenet/kernels"
)

// target is the panel b − X that residuals start from.
type target[T Float] struct {
	table *kernels.Table[T]
	rows  int
	own   []T
	panel []T
}

func newTarget[T Float](t *kernels.Table[T], rows int) target[T] {
	return target[T]{table: t, rows: rows, own: make([]T, t.PaddedRows(rows)*t.Width())}
}

// begin takes a panel's observations, and a bias or nil.
func (t *target[T]) begin(p *panel[T], bias []T) {
	if bias == nil {
		t.panel = p.negX
		return
	}
	width := t.table.Width()
	for j, b := range bias {
		dst, src := t.own[j*width:(j+1)*width], p.negX[j*width:]
		for n := range dst {
			dst[n] = b + src[n]
		}
	}
	t.panel = t.own
}

// extent sets the norms of the target's samples.
func (t *target[T]) extent(dst []float64) { laneNorms(t.table, dst, t.panel, t.rows) }

// laneNorms sets dst[n] to the norm of lane n of a panel, scaled on the way so
// that squares neither overflow nor vanish.
func laneNorms[T Float](t *kernels.Table[T], dst []float64, panel []T, rows int) {
	width := t.Width()
	for n := range dst {
		var largest, sum float64
		for r := range rows {
			largest = max(largest, math.Abs(float64(panel[r*width+n])))
		}
		if largest > 0 {
			for r := range rows {
				v := float64(panel[r*width+n]) / largest
				sum += float64(v * v)
			}
		}
		dst[n] = largest * math.Sqrt(sum)
	}
}

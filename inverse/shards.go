package inverse

import (
	"iter"

	"github.com/inversenet/inversenet/kernels"
)

// maxShards is the most parts a batch's gradient is summed in. The parts depend
// on the number of panels alone and are added in a fixed order, so the sum has
// the same bits for any number of threads.
const maxShards = 16

// shards divides panels into runs of nearly equal length.
type shards struct{ total, count int }

func newShards(panels int) shards { return shards{total: panels, count: min(panels, maxShards)} }

// panels visits the panels of a shard in order.
func (s shards) panels(shard int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for i := shard * s.total / s.count; i < (shard+1)*s.total/s.count; i++ {
			if !yield(i) {
				return
			}
		}
	}
}

// sumPartials adds count partials of length n, laid end to end, into the first:
// neighbours first, then pairs of neighbours, a tree that depends on count alone.
func sumPartials[T Float](t *kernels.Table[T], partials []T, n, count int) {
	rows := n / t.Width()
	whole := rows * t.Width()
	for d := 1; d < count; d *= 2 {
		for i := 0; i+d < count; i += 2 * d {
			dst, src := partials[i*n:(i+1)*n], partials[(i+d)*n:(i+d+1)*n]
			if rows > 0 {
				t.AddScaled(dst, 1, src, rows, 2)
			}
			for j := whole; j < n; j++ {
				dst[j] += src[j]
			}
		}
	}
}

package engine

import (
	"iter"

	"github.com/inversenet/inversenet/inverse/internal/team"
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

// A reduction adds the partial gradients of shards, laid end to end, into the
// first: neighbours first, then pairs of neighbours, a tree that depends on their
// number alone. Goroutines share the elements, so they do not change a sum.
type reduction[T Float] struct {
	table    *kernels.Table[T]
	team     *team.Team
	partials []T
	n, count int
}

// reductionChunk is how many elements a goroutine takes at a time; a multiple of
// every panel width.
const reductionChunk = 1 << 12

func newReduction[T Float](t *kernels.Table[T], threads int) *reduction[T] {
	r := &reduction[T]{table: t}
	r.team = team.New(threads, func(_, chunk int) { r.chunk(chunk * reductionChunk) })
	return r
}

// sum adds count partials of length n.
func (r *reduction[T]) sum(partials []T, n, count int) {
	r.partials, r.n, r.count = partials, n, count
	const dear = 8 // an addition waits for memory, a multiply-add in a kernel does not
	r.team.Do((n+reductionChunk-1)/reductionChunk, dear*float64(n)*float64(count))
}

// chunk adds the elements from one place on.
func (r *reduction[T]) chunk(from int) {
	to := min(from+reductionChunk, r.n)
	rows := (to - from) / r.table.Width()
	whole := rows * r.table.Width()
	for d := 1; d < r.count; d *= 2 {
		for i := 0; i+d < r.count; i += 2 * d {
			dst, src := r.partials[i*r.n+from:i*r.n+to], r.partials[(i+d)*r.n+from:(i+d)*r.n+to]
			if rows > 0 {
				r.table.AddScaled(dst, 1, src, rows, 2)
			}
			for j := whole; j < len(dst); j++ {
				dst[j] += src[j]
			}
		}
	}
}

package kernels

import "time"

// A meter stands between the methods of a table and its kernels, counts the work
// of each assembly call, and takes its time.
type meter struct {
	calls        []time.Duration // of one run of an operation, in order
	work, memory int             // most in one call
	allowed      int             // work
}

// mostMemory is what one assembly call may touch. Copied at 20 GB/s, it takes 100 µs.
const mostMemory = 2 << 20

// begin notes a call's work, the most of it allowed and the bytes it touches, and
// returns what ends the call.
func (m *meter) begin(work, allowed, memory int) (end func()) {
	m.work, m.allowed, m.memory = max(m.work, work), allowed, max(m.memory, memory)
	start := time.Now()
	return func() { m.calls = append(m.calls, time.Since(start)) }
}

// metered is a copy of a table whose kernels tell a meter about each call. Work is
// counted in vectors that are multiplied and added, or moved through a map.
func metered[T Float](t *Table[T], m *meter) *Table[T] {
	c := *t
	vector := t.lanes * sizeof[T]()
	// moved counts vectors of a map with some operands.
	moved := func(vectors, operands int) func() {
		return m.begin(vectors, mapBudget, vectors*operands*vector)
	}
	for v := range 2 {
		for rows := 1; rows <= t.tile; rows++ {
			product, outer := t.product[v][rows], t.outer[v][rows]
			c.product[v][rows] = func(out, base, init, a, b *T, scale T, lo, hi *T, prox, tiles, depth int) {
				memory := (3*rows*tiles+depth)*(v+1)*vector + rows*tiles*depth*sizeof[T]()
				defer m.begin(rows*(v+1)*tiles*depth, callBudget, memory)()
				product(out, base, init, a, b, scale, lo, hi, prox, tiles, depth)
			}
			c.outer[v][rows] = func(s *T, sStride int, q, p *T, pStride, samples, blocks int) {
				defer m.begin(rows*(v+1)*samples*blocks, callBudget, (rows+samples)*blocks*(v+1)*vector)()
				outer(s, sStride, q, p, pStride, samples, blocks)
			}
		}
		gate, dotRows, distance := t.gate[v], t.dotRows[v], t.distance[v]
		c.gate[v] = func(lambda, scaled, z, lo, hi *T, scale T, prox, rows int) {
			defer moved(rows*(v+1), 3)()
			gate(lambda, scaled, z, lo, hi, scale, prox, rows)
		}
		c.dotRows[v] = func(acc, a, b *T, rows int) {
			defer moved(rows*(v+1), 2)()
			dotRows(acc, a, b, rows)
		}
		c.distance[v] = func(acc, a, b, scale *T, rows int) {
			defer moved(rows*(v+1), 2)()
			distance(acc, a, b, scale, rows)
		}
	}
	c.addScaled = func(dst, src *T, x T, vectors, step int) {
		defer moved(vectors, 2)()
		t.addScaled(dst, src, x, vectors, step)
	}
	c.multiply = func(dst, a, b *T, vectors, step int) {
		defer moved(vectors, 3)()
		t.multiply(dst, a, b, vectors, step)
	}
	c.extrapolate = func(dst, z, last *T, mu T, vectors, step int) {
		defer moved(vectors, 3)()
		t.extrapolate(dst, z, last, mu, vectors, step)
	}
	c.rowSums = func(dst, panel *T, rows, samples int) {
		defer moved(2*rows, 1)()
		t.rowSums(dst, panel, rows, samples)
	}
	mapped := func(f mapFunc[T]) mapFunc[T] {
		return func(dst, src *T, vectors, step int) {
			defer moved(vectors, 2)()
			f(dst, src, vectors, step)
		}
	}
	c.exp, c.log = mapped(t.exp), mapped(t.log)
	for act := range numActivations {
		c.apply[act] = mapped(t.apply[act])
		c.activate[act] = func(d, h, a, negX *T, vectors, step int) {
			defer moved(vectors, 4)()
			t.activate[act](d, h, a, negX, vectors, step)
		}
	}
	c.logistic = func(p, tail, logits *T, vectors, step int) {
		defer moved(vectors, 3)()
		t.logistic(p, tail, logits, vectors, step)
	}
	c.softmax = func(p, largest, logSum, logits *T, classes int) {
		defer m.begin(classes, mostClasses, 2*classes*vector)()
		t.softmax(p, largest, logSum, logits, classes)
	}
	c.adam = func(x, grad, first, second *T, mean, square, rate, eps, shrink T, vectors int) {
		defer m.begin(vectors, adamBudget, 4*vectors*vector)()
		t.adam(x, grad, first, second, mean, square, rate, eps, shrink, vectors)
	}
	transposed := func(f transposeFunc[T]) transposeFunc[T] {
		return func(dst *T, dstStride, dstStep int, src *T, srcStride, srcStep, blocks int) {
			defer m.begin(blocks*t.lanes, transposeBudget, 2*blocks*t.lanes*vector)()
			f(dst, dstStride, dstStep, src, srcStride, srcStep, blocks)
		}
	}
	c.transpose, c.negated = transposed(t.transpose), transposed(t.negated)
	c.finite = func(s *T, vectors int) int {
		defer moved(vectors, 1)()
		return t.finite(s, vectors)
	}
	if t.peak != nil {
		c.peak = func(rounds int) {
			defer m.begin(rounds*peakChains, callBudget, 0)()
			t.peak(rounds)
		}
	}
	return &c
}

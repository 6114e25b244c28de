package kernels

import (
	"fmt"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
	"time"
)

// A load is an operation on a shape that is, or is beyond, what users have.
type load[T Float] struct {
	name string
	call func(t *Table[T])
}

// loads are made one by one, so that the memory of one serves the next.
func loads[T Float](t *Table[T], visit func(load[T])) {
	width := t.Width()
	numbers := func(n int) []T {
		s := make([]T, n)
		for i := range s {
			s[i] = T(i%13)/4 - 1
		}
		return s
	}
	panels := func(rows, count int) [][]T {
		all := make([][]T, count)
		for k := range all {
			all[k] = numbers(rows * width)
		}
		return all
	}
	for _, shape := range [][2]int{{10, 64}, {256, 64}, {784, 256}, {2048, 2048}, {1, 1 << 18}, {t.tile, 1 << 14}, {1 << 16, 1}, {1 << 16, 10}} {
		rows, depth := shape[0], shape[1]
		w, b, p := t.NewWeights(rows, depth), numbers(depth*width), panels(rows, 2)
		for vecs := 1; vecs <= 2; vecs++ {
			visit(load[T]{fmt.Sprintf("Product %d×%d, %d vectors", rows, depth, vecs), func(t *Table[T]) {
				t.Product(p[0], w, b, vecs, nil, Epilogue[T]{Base: p[1], Scale: 0.1})
			}})
		}
	}
	for _, shape := range [][3]int{{10, 64, width}, {256, 784, width}, {t.tile, 40000, width}, {1, 40000, width}, {t.tile, 40000, 1}} {
		rows, cols, samples := shape[0], shape[1], shape[2]
		stride := t.PaddedRows(cols)
		sums, q, p := make([]T, rows*stride), numbers(rows*width), numbers(width*stride)
		visit(load[T]{fmt.Sprintf("Outer %d×%d over %d samples", rows, cols, samples), func(t *Table[T]) { t.Outer(sums, q, rows, p, cols, samples) }})
	}
	for _, rows := range []int{256, 1 << 14} {
		p := panels(rows, 5)
		bounds := numbers(rows)
		for _, c := range []struct {
			name string
			call func(t *Table[T], vecs int)
		}{
			{"AddScaled", func(t *Table[T], vecs int) { t.AddScaled(p[0], 0, p[1], rows, vecs) }},
			{"Multiply", func(t *Table[T], vecs int) { t.Multiply(p[0], p[1], p[2], rows, vecs) }},
			{"Extrapolate", func(t *Table[T], vecs int) { t.Extrapolate(p[0], p[1], p[2], 0.9, rows, vecs) }},
			{"Gate", func(t *Table[T], vecs int) { t.Gate(p[0], p[1], p[2], rows, vecs, 1, ProxClamp, bounds, bounds) }},
			{"DotRows", func(t *Table[T], vecs int) { t.DotRows(p[0], p[1], p[2], rows, vecs) }},
			{"WeightedDistance", func(t *Table[T], vecs int) { t.WeightedDistance(p[0], p[1], p[2], bounds, rows, vecs) }},
			{"RowSums", func(t *Table[T], vecs int) { t.RowSums(bounds, p[1], rows, vecs*t.lanes) }},
			{"Exp", func(t *Table[T], vecs int) { t.Exp(p[0], p[1], rows, vecs) }},
			{"Log", func(t *Table[T], vecs int) { t.Log(p[0], p[1], rows, vecs) }},
			{"Logistic", func(t *Table[T], vecs int) { t.Logistic(p[0], p[2], p[1], rows, vecs) }},
			{"Activate tanh", func(t *Table[T], vecs int) {
				t.Activate(Tanh, p[0], p[2], p[1], p[3], rows, vecs)
			}},
			{"Activate softplus", func(t *Table[T], vecs int) {
				t.Activate(Softplus, p[0], p[2], p[1], p[3], rows, vecs)
			}},
			{"Apply tanh", func(t *Table[T], vecs int) { t.Apply(Tanh, p[0], p[1], rows, vecs) }},
			{"Softmax", func(t *Table[T], vecs int) { t.Softmax(p[0], p[2], p[3], p[1], min(rows, mostClasses), vecs) }},
			{"Pack", func(t *Table[T], vecs int) { t.Pack(p[0], p[1], vecs*t.lanes, rows, rows) }},
			{"PackNegated", func(t *Table[T], vecs int) { t.PackNegated(p[0], p[1], vecs*t.lanes, rows, rows) }},
			{"Unpack", func(t *Table[T], vecs int) { t.Unpack(p[0], p[1], vecs*t.lanes, rows, rows) }},
			{"SampleMajor", func(t *Table[T], vecs int) { t.SampleMajor(p[0], p[1], rows, vecs) }},
		} {
			for vecs := 1; vecs <= 2; vecs++ {
				visit(load[T]{fmt.Sprintf("%s %d rows, %d vectors", c.name, rows, vecs), func(t *Table[T]) { c.call(t, vecs) }})
			}
		}
		visit(load[T]{fmt.Sprintf("AllFinite %d elements", rows*width), func(t *Table[T]) { t.AllFinite(p[1]) }})
		visit(load[T]{fmt.Sprintf("Adam %d elements", rows*width), func(t *Table[T]) { t.Adam(p[0], p[1], p[2], p[4], AdamCoefficients[T]{Eps: 1}) }})
	}
	visit(load[T]{"PeakFlops 100000 rounds", func(t *Table[T]) { t.PeakFlops(100000) }})
}

func TestTrustCallsAreShort(t *testing.T) {
	report(t, "Times of the longest assembly call: the first run, on memory just made, and the best of %d runs.\n", repeats())
	report(t, "| operation | instruction set | type | calls | most work in one | allowed | most memory | longest, first run | longest, best run |")
	report(t, "|---|---|---|---|---|---|---|---|---|")
	onEveryISA(t, testTrustCalls[float32], testTrustCalls[float64])
}

func repeats() int {
	if fullTrust() {
		return 20
	}
	return 1
}

// testTrustCalls wants no call above its budget of work. The times are printed
// and not judged: another process may have had the core.
func testTrustCalls[T Float](t *testing.T, table *Table[T]) {
	var longest time.Duration
	var of string
	loads(table, func(l load[T]) {
		m := &meter{}
		wrapped := metered(table, m)
		var first, best time.Duration
		var fastest []time.Duration
		for run := range repeats() {
			m.calls = m.calls[:0]
			l.call(wrapped)
			if run == 0 {
				fastest = slices.Clone(m.calls)
				first = slices.Max(append(fastest, 0))
			}
			for i, d := range m.calls {
				fastest[i] = min(fastest[i], d)
			}
		}
		if table.peak == nil && len(fastest) == 0 {
			return // PeakFlops has no kernel in Go
		}
		best = slices.Max(fastest)
		if m.work > m.allowed {
			t.Errorf("%s: a call does %d units of work, allowed %d", l.name, m.work, m.allowed)
		}
		if m.memory > mostMemory {
			t.Errorf("%s: a call touches %d bytes, allowed %d", l.name, m.memory, mostMemory)
		}
		report(t, "| %s | %v | %T | %d | %d | %d | %d KiB | %.1f µs | %.1f µs |", l.name, table.isa, T(0), len(fastest), m.work, m.allowed, m.memory>>10, microseconds(first), microseconds(best))
		if best > longest {
			longest, of = best, l.name
		}
	})
	report(t, "| longest: %s | %v | %T | | | | | | %.1f µs |", of, table.isa, T(0), microseconds(longest))
}

func microseconds(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e3 }

// TestTrustGarbageCollection runs inner steps on one goroutine and collects
// garbage on another, which has to wait for the assembly call that runs. What a
// collection takes beside nothing is what the machine takes for it.
func TestTrustGarbageCollection(t *testing.T) {
	report(t, "| beside a running inversion | instruction set | type | collections | median of runtime.GC() | longest |")
	report(t, "|---|---|---|---|---|---|")
	onEveryISA(t, testTrustCollection[float32], testTrustCollection[float64])
}

func testTrustCollection[T Float](t *testing.T, table *Table[T]) {
	rounds := 3
	if fullTrust() {
		rounds = 100
	}
	for _, shape := range [][2]int{{0, 0}, {64, 10}, {784, 256}, {2048, 2048}} {
		if !fullTrust() && shape[0] > 64 {
			continue
		}
		pixels, latents := shape[0], shape[1]
		var steps atomic.Int64
		stop, done := make(chan struct{}), make(chan struct{})
		go func() {
			defer close(done)
			if pixels > 0 {
				invert(table, pixels, latents, &steps, stop)
			}
		}()
		for pixels > 0 && steps.Load() == 0 {
			runtime.Gosched()
		}
		before := steps.Load()
		var took []time.Duration
		for len(took) < rounds || pixels > 0 && steps.Load() == before {
			start := time.Now()
			runtime.GC()
			took = append(took, time.Since(start))
			time.Sleep(time.Millisecond)
		}
		close(stop)
		<-done
		slices.Sort(took)
		name := fmt.Sprintf("%d pixels, %d latents", pixels, latents)
		if pixels == 0 {
			name = "nothing, to compare"
		}
		report(t, "| %s | %v | %T | %d | %v | %v |", name, table.isa, T(0), len(took), took[len(took)/2].Round(time.Microsecond), took[len(took)-1].Round(time.Microsecond))
	}
}

// invert makes inner steps of a full panel until it is stopped.
func invert[T Float](t *Table[T], pixels, latents int, steps *atomic.Int64, stop chan struct{}) {
	width := t.Width()
	w, wt := t.NewWeights(pixels, latents), t.NewWeights(latents, pixels)
	x, r := make([]T, pixels*width), make([]T, pixels*width)
	z, next := make([]T, latents*width), make([]T, latents*width)
	for {
		select {
		case <-stop:
			return
		default:
		}
		t.Product(r, w, z, 2, x, Epilogue[T]{})
		t.Product(next, wt, r, 2, nil, Epilogue[T]{Base: z, Scale: -0.1})
		z, next = next, z
		steps.Add(1)
	}
}

package bench

import (
	"fmt"
	"math"
	"runtime"
	"slices"
	"testing"

	"github.com/inversenet/inversenet/inverse"
	"github.com/inversenet/inversenet/kernels"
)

// Every solver inverts batches of about a thousand; what the size of the batch
// does is shown on three of the shapes, in single precision.
var (
	forwardShapes = []shape{
		{64, 10, 250, 1000},
		{64, 32, 100, 1000},
		{64, 256, 10, 1000},
		{784, 32, 50, 1024},
		{784, 256, 20, 1024},
		{3072, 512, 5, 1024},
	}
	sweepShapes  = []shape{{64, 10, 250, 0}, {64, 256, 10, 0}, {784, 256, 20, 0}}
	sweepSamples = []int{1, 16, 100, 256, 4096}
)

func BenchmarkForward(b *testing.B) {
	var sweep []shape
	for _, s := range sweepShapes {
		for _, s.samples = range sweepSamples {
			sweep = append(sweep, s)
		}
	}
	benchmarkForward(b, "float32", solvers32, sweep)
	benchmarkForward(b, "float64", solvers64, nil)
}

func benchmarkForward[T kernels.Float](b *testing.B, element string, solvers []solver[T], sweep []shape) {
	for _, s := range solvers {
		shapes := forwardShapes
		if s.sweep {
			shapes = slices.Concat(shapes, sweep)
		}
		for _, shape := range shapes {
			if s.most > 0 && shape.inversion(inverse.DirectForm).own > s.most {
				continue
			}
			for _, threads := range threadCounts(shape.samples) {
				if threads > 1 && !s.threads {
					continue
				}
				b.Run(fmt.Sprintf("%s/%s/%s/%v/t%d", s.form, element, s.isa, shape, threads), func(b *testing.B) {
					s.benchmark(b, shape, threads)
				})
			}
		}
	}
}

func (s solver[T]) benchmark(b *testing.B, shape shape, threads int) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(threads))
	inv, ok := s.prepare(newProblem[T](shape), threads)
	if !ok {
		b.Skipf("%s has no code for %v", s.form, shape)
	}
	inv.run()
	b.ReportAllocs()
	for b.Loop() {
		inv.run()
	}
	seconds := b.Elapsed().Seconds() / float64(b.N)
	b.ReportMetric(1e9*seconds/float64(shape.samples), "ns/sample")
	shape.inversion(inv.ran).report(b, seconds, s.peak(), threads)
}

// threadCounts are one and all, or one where all samples are in one panel: a panel
// is not shared.
func threadCounts(samples int) []int {
	const panel = 32
	if n := runtime.NumCPU(); n > 1 && samples > panel {
		return []int{1, n}
	}
	return []int{1}
}

// A benchmark of something else than the inversion would be worth nothing.
func TestSolversInvert(t *testing.T) {
	shapes := []shape{{64, 10, 5, 33}, {20, 40, 4, 1}}
	testSolvers(t, "float32", solvers32, shapes, 1e-5)
	testSolvers(t, "float64", solvers64, shapes, 1e-13)
}

func testSolvers[T kernels.Float](t *testing.T, element string, solvers []solver[T], shapes []shape, tolerance float64) {
	for _, shape := range shapes {
		p := newProblem[T](shape)
		want := p.reference()
		for _, s := range solvers {
			t.Run(fmt.Sprintf("%s/%s/%s/%v", s.form, element, s.isa, shape), func(t *testing.T) {
				inv, ok := s.prepare(p, 1)
				if !ok {
					t.Skipf("%s has no code for %v", s.form, shape)
				}
				for range 2 {
					inv.run()
				}
				for i, got := range inv.latents() {
					if !(math.Abs(float64(got)-want[i]) <= tolerance) {
						t.Fatalf("sample %d, latent %d: %v, want %v", i/p.latents, i%p.latents, got, want[i])
					}
				}
			})
		}
	}
}

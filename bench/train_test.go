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

// Every trainer trains on batches of about a thousand, plain and non-negative;
// what the size of the batch does is shown on three of the shapes, in single
// precision.
var (
	trainShapes = []trainShape{
		{shape{64, 10, 250, 1000}, false},
		{shape{64, 32, 100, 1000}, false},
		{shape{64, 256, 10, 1000}, false},
		{shape{784, 32, 50, 1024}, false},
		{shape{784, 256, 20, 1024}, false},
		{shape{3072, 512, 5, 1024}, false},
		{shape{64, 256, 10, 100}, true},
		{shape{784, 256, 20, 1024}, true},
	}
	trainSweepShapes = []trainShape{
		{shape{64, 10, 250, 0}, false},
		{shape{64, 256, 10, 0}, true},
		{shape{784, 256, 20, 0}, true},
	}
	trainSweepSamples = []int{1, 16, 256, 4096}
)

// idleRate makes every timed step the same work on the same numbers.
const idleRate = 1e-12

func BenchmarkTrain(b *testing.B) {
	var sweep []trainShape
	for _, s := range trainSweepShapes {
		for _, s.samples = range trainSweepSamples {
			sweep = append(sweep, s)
		}
	}
	benchmarkTrain(b, "float32", trainers32, sweep)
	benchmarkTrain(b, "float64", trainers64, nil)
}

func benchmarkTrain[T kernels.Float](b *testing.B, element string, trainers []trainer[T], sweep []trainShape) {
	for _, t := range trainers {
		shapes := trainShapes
		if t.sweep {
			shapes = slices.Concat(shapes, sweep)
		}
		for _, shape := range shapes {
			if t.most > 0 && shape.inversion(inverse.DirectForm).own > t.most {
				continue
			}
			for _, threads := range threadCounts(shape.samples) {
				if threads > 1 && !t.threads {
					continue
				}
				b.Run(fmt.Sprintf("%s/%s/%s/%v/t%d", t.form, element, t.isa, shape, threads), func(b *testing.B) {
					t.benchmark(b, shape, threads)
				})
			}
		}
	}
}

func (t trainer[T]) benchmark(b *testing.B, shape trainShape, threads int) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(threads))
	step, ok := t.prepare(newTraining[T](shape, idleRate), threads)
	if !ok {
		b.Skipf("%s has no code for %v", t.form, shape)
	}
	limits := t.peak()
	step.run()
	b.ReportAllocs()
	for b.Loop() {
		step.run()
	}
	seconds := b.Elapsed().Seconds() / float64(b.N)
	b.ReportMetric(1e9*seconds/float64(shape.samples), "ns/sample")
	shape.training(step.ran).report(b, seconds, limits, threads)
}

// A benchmark of something else than training would be worth nothing. A step
// shows its gradient by what it subtracts from the parameters.
func TestTrainersTrain(t *testing.T) {
	shapes := []trainShape{
		{shape{64, 10, 5, 33}, false},
		{shape{20, 40, 4, 1}, false},
		{shape{64, 10, 5, 33}, true},
		{shape{20, 40, 4, 70}, true},
	}
	testTrainers(t, "float32", trainers32, shapes, 1e-5)
	testTrainers(t, "float64", trainers64, shapes, 1e-13)
}

func testTrainers[T kernels.Float](t *testing.T, element string, trainers []trainer[T], shapes []trainShape, tolerance float64) {
	for _, shape := range shapes {
		p := newTraining[T](shape, 10)
		before := p.wideParameters()
		loss, grads := p.gradient(before)
		for _, tr := range trainers {
			t.Run(fmt.Sprintf("%s/%s/%s/%v", tr.form, element, tr.isa, shape), func(t *testing.T) {
				step, ok := tr.prepare(p, 2)
				if !ok {
					t.Skipf("%s has no code for %v", tr.form, shape)
				}
				if got := step.run(); !(math.Abs(got-loss) <= tolerance*loss) {
					t.Errorf("loss %v, want %v", got, loss)
				}
				after := step.parameters()
				for i, want := range grads {
					largest := max(slices.Max(want), -slices.Min(want))
					for n := range want {
						got := (before[i][n] - float64(after[i][n])) / p.rate
						if !(math.Abs(got-want[n]) <= tolerance*largest) {
							t.Fatalf("gradient in parameter %d, element %d: %v, want %v", i, n, got, want[n])
						}
					}
				}
			})
		}
	}
}

// The reference is itself compared with central differences, whose error is of
// the order of h² and of the rounding of the loss over h.
func TestReferenceGradient(t *testing.T) {
	const h = 1e-5
	for _, shape := range []trainShape{{shape{12, 5, 4, 3}, false}, {shape{12, 5, 4, 3}, true}} {
		p := newTraining[float64](shape, 1)
		params := p.parameters()
		_, grads := p.gradient(params)
		for i, param := range params {
			for n, v := range param {
				param[n] = v + h
				high, _ := p.gradient(params)
				param[n] = v - h
				low, _ := p.gradient(params)
				param[n] = v
				if got := (high - low) / (2 * h); !(math.Abs(got-grads[i][n]) <= 1e-9) {
					t.Errorf("%v, parameter %d, element %d: difference %v, gradient %v", shape, i, n, got, grads[i][n])
				}
			}
		}
	}
}

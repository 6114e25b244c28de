package inverse

import (
	"context"
	"math"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"sync"
	"testing"

	"github.com/inversenet/inversenet/inverse/optim"
)

// thorough reports whether the long form of a test was asked for.
func thorough() bool { return os.Getenv("INVERSENET_TRUST") == "1" }

// TestTrustThreads trains the same model again and again, for every number of
// threads and under every GOMAXPROCS, beside goroutines that keep the cores busy,
// and compares all it learned to the bit.
func TestTrustThreads(t *testing.T) {
	threads, repeats := []int{1, 2, 3, 7}, 2
	if thorough() {
		threads, repeats = nil, 100
		for n := 1; n <= 16; n++ {
			threads = append(threads, n)
		}
	}
	defer keepBusy()()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	want, trained := trustedTraining(t, 1), 1
	for repeat := range repeats {
		for _, n := range threads {
			runtime.GOMAXPROCS(1 + (repeat+n)%4)
			trained++
			for i, v := range trustedTraining(t, n) {
				if v != want[i] {
					t.Fatalf("repeat %d, %d threads, GOMAXPROCS %d: number %d is %v, want %v", repeat, n, runtime.GOMAXPROCS(0), i, v, want[i])
				}
			}
		}
	}
	t.Logf("threads: %d trainings with %d to %d threads under load, GOMAXPROCS 1 to 4: 0 bits apart", trained, threads[0], threads[len(threads)-1])
}

// keepBusy loads the cores until the function it returns is called.
func keepBusy() (stop func()) {
	done := make(chan struct{})
	for range 2 {
		go func() {
			for x := 1.0; ; x = math.Sqrt(x + 1) {
				select {
				case <-done:
					return
				default:
				}
			}
		}()
	}
	return func() { close(done) }
}

// trustedTraining is everything a short training of an unfolded model leaves.
func trustedTraining(t *testing.T, threads int) []float32 {
	t.Helper()
	rng := rand.New(rand.NewPCG(51, 52))
	const pixels, latents, classes, samples = 17, 21, 5, 130
	m := &Model[float32]{
		Generator: NewLinear[float32](pixels, latents, true),
		Head:      NewLinear[float32](classes, latents, true),
		Inner:     Inner{Steps: 4, StepSizes: []float64{0.05, 0.06, 0.05, 0.04}, Prox: Prox{Kind: NonNegativeSoft, Thresholds: make([]float64, latents)}},
	}
	d := Data[float32]{X: NewMatrix[float32](samples, pixels), Labels: make([]int, samples)}
	for _, values := range [][]float32{m.Generator.Parameters()[0].Values, m.Head.Parameters()[0].Values, d.X.Data} {
		for i := range values {
			values[i] = float32(rng.NormFloat64() / 2)
		}
	}
	for i := range d.Labels {
		d.Labels[i] = rng.IntN(classes)
	}
	r, err := Fit(context.Background(), m, d, SoftmaxCrossEntropy{}, Outer[float32]{
		Steps: 6, BatchSize: 60, GeneratorRate: 0.01, HeadRate: 0.01, InnerRate: 0.01, LearnSteps: true, LearnThresholds: true,
		Optimizer: optim.Adam{}, Compute: Compute[float32]{Threads: threads},
	})
	if err != nil {
		t.Fatal(err)
	}
	out := []float32{float32(r.FinalLoss)}
	for _, p := range append(m.Generator.Parameters(), m.Head.Parameters()...) {
		out = append(out, p.Values...)
	}
	for _, v := range append(m.Inner.StepSizes, m.Inner.Prox.Thresholds...) {
		out = append(out, float32(v))
	}
	return out
}

// TestTrustConcurrentUse reads with one model in 64 goroutines at once.
func TestTrustConcurrentUse(t *testing.T) {
	n := newNotebook[float32](t)
	want, err := n.model.Predict(n.testX, n.testStart, Compute[float32]{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 64 {
		all.Go(func() {
			got, err := n.model.Predict(n.testX, n.testStart, Compute[float32]{})
			if err != nil {
				t.Error(err)
				return
			}
			for i, v := range got.Data {
				if v != want.Data[i] {
					t.Errorf("element %d is %v, sequentially %v", i, v, want.Data[i])
					return
				}
			}
		})
	}
	all.Wait()
	t.Logf("concurrency: one model in 64 goroutines, %d numbers each: 0 bits apart", len(want.Data))
}

// TestTrustPoison puts extreme numbers into one sample and compares the results
// and gradients of all others to the bit, in every form. NaN and infinity are
// refused, by place.
func TestTrustPoison(t *testing.T) {
	onEveryISA(t, func(t *testing.T, c Compute[float64]) {
		const pixels, latents, samples, victim = 9, 4, 40, 17
		changed, compared := 0, 0
		for name, in := range innerCases(latents) {
			for _, form := range forms(in) {
				rng := rand.New(rand.NewPCG(53, 54))
				g := randomLinear(rng, pixels, latents, true)
				x, z0 := randomMatrix(rng, samples, pixels, 1), randomMatrix(rng, samples, latents, 1)
				in := in.scaled(g, samples)
				in.Form = form
				s, err := NewSolver(g, in, c)
				if err != nil {
					t.Fatal(err)
				}
				run := func() (z, start []float64) {
					z1, lambda := z0.clone(), z0.clone()
					_ = s.Invert(z1, x) // the poisoned sample may well diverge
					_ = s.Backpropagate(&Gradients[float64]{Generator: NewLinear[float64](pixels, latents, true), Start: lambda}, lambda, z0, x)
					return z1.Data, lambda.Data
				}
				z, start := run()
				for _, poison := range []float64{5e-324, -2e-310, 1e300, -math.MaxFloat64, 1e150} {
					was := x.Row(victim)[2]
					x.Row(victim)[2] = poison
					z2, start2 := run()
					x.Row(victim)[2] = was
					for i := range z {
						if i/latents == victim {
							continue
						}
						compared++
						if z2[i] != z[i] || start2[i] != start[i] {
							changed++
							t.Errorf("%s, %v, %g: element %d changed", name, form, poison, i)
						}
					}
				}
			}
		}
		t.Logf("poison: %d results and gradients beside a sample of denormal or huge numbers: %d changed", compared, changed)
	})
	g := randomLinear(rand.New(rand.NewPCG(55, 56)), 3, 2, false)
	s, err := NewSolver(g, Inner{Steps: 1, LearningRate: 1}, Compute[float64]{})
	if err != nil {
		t.Fatal(err)
	}
	for _, poison := range []float64{math.NaN(), math.Inf(1)} {
		x, z := NewMatrix[float64](4, 3), NewMatrix[float64](4, 2)
		x.Row(2)[1] = poison
		err := s.Invert(z, x)
		if e, ok := err.(*NonFiniteError); !ok || e.Row != 2 || e.Col != 1 {
			t.Errorf("%v: got %v, want an error that names row 2, column 1", poison, err)
		}
	}
}

// FuzzInvert compares inversions of random shapes, strides and settings with
// plain loops.
func FuzzInvert(f *testing.F) {
	for i := range 8 {
		f.Add(uint64(i), uint8(3*i), uint8(i), uint8(5*i+1), uint8(i))
	}
	f.Fuzz(func(t *testing.T, seed uint64, pixels, latents, samples, pick uint8) {
		j, k, b := 1+int(pixels)%40, 2+int(latents)%20, 1+int(samples)%70
		rng := rand.New(rand.NewPCG(seed, 1))
		cases := innerCases(k)
		names := make([]string, 0, len(cases))
		for name := range cases {
			names = append(names, name)
		}
		name := sortedAt(names, int(pick))
		g := randomLinear(rng, j, k, seed%2 == 0)
		in := cases[name].scaled(g, b)
		in.Form = forms(in)[int(pick)%len(forms(in))]
		x := widen(randomMatrix(rng, b, j, 1), int(seed%5))
		z := widen(randomMatrix(rng, b, k, 1), int(seed%3))
		want := referenceInvert(g, in, z, x)
		s, err := NewSolver(g, in, Compute[float64]{Threads: 1 + int(seed%3)})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Invert(z, x); err != nil {
			t.Fatal(err)
		}
		for i := range b {
			for l, v := range z.Row(i) {
				if diff := math.Abs(v - want.Row(i)[l]); !(diff <= 1e-11*math.Max(1, math.Abs(v))) {
					t.Fatalf("%s, %v, J%dK%dB%d: sample %d, latent %d is %v, want %v", name, in.Form, j, k, b, i, l, v, want.Row(i)[l])
				}
			}
		}
		checkPadding(t, z)
		checkPadding(t, x)
	})
}

const padding = 98765

// widen copies m with a larger stride, and canaries between the rows.
func widen(m Matrix[float64], by int) Matrix[float64] {
	out := Matrix[float64]{Rows: m.Rows, Cols: m.Cols, Stride: m.Cols + by, Data: make([]float64, m.Rows*(m.Cols+by))}
	for i := range out.Data {
		out.Data[i] = padding
	}
	for i := range m.Rows {
		copy(out.Row(i), m.Row(i))
	}
	return out
}

func checkPadding(t *testing.T, m Matrix[float64]) {
	t.Helper()
	for i, v := range m.Data {
		if i%m.Stride >= m.Cols && v != padding {
			t.Fatalf("row %d: wrote into the stride's padding", i/m.Stride)
		}
	}
}

func sortedAt(names []string, i int) string {
	slices.Sort(names)
	return names[i%len(names)]
}

package kernels

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/inversenet/inversenet/internal/testkit"
)

func TestSoftmax(t *testing.T) {
	onEveryISA(t, testSoftmax[float32], testSoftmax[float64])
}

func testSoftmax[T Float](t *testing.T, table *Table[T]) {
	rng := rand.New(rand.NewPCG(31, 32))
	width := table.Width()
	for _, classes := range []int{1, 2, 3, 10, mostClasses + 1} {
		for _, size := range []float64{1, 30} {
			for vecs := 1; vecs <= 2; vecs++ {
				logits := testkit.GuardedSlice[T](t, classes*width, true)
				copy(logits, random[T](rng, len(logits)))
				for i := range logits {
					logits[i] *= T(size)
				}
				p, largest, logSum := make([]T, len(logits)), make([]T, width), make([]T, width)
				testkit.MustNotFault(t, func() { table.Softmax(p, largest, logSum, logits, classes, vecs) })
				step := 1
				if classes > mostClasses {
					if step = width; size > 1 { // one sample is enough: the judge is slow
						continue
					}
				}
				for n := 0; n < width; n += step {
					name := fmt.Sprintf("%d classes of size %v, %d vectors: sample %d", classes, size, vecs, n)
					checkSoftmax(t, name, p[n:], largest[n], logSum[n], logits[n:], classes, width, n < vecs*table.lanes)
				}
				testkit.MustNotFault(t, func() { table.Softmax(logits, largest, logSum, logits, classes, vecs) })
				for i := range p {
					if i%width < vecs*table.lanes && logits[i] != p[i] {
						t.Fatalf("%d classes: in place %v, else %v", classes, logits[i], p[i])
					}
				}
			}
		}
	}
	keepsSamplesApart(t, "Softmax", table, 4, func(p [][]T, rows, vecs int) { table.Softmax(p[0], p[1], p[2], p[3], rows, vecs) })
}

// checkSoftmax holds one sample against the definition in 200 bits. A logit's
// distance d to the largest is rounded to d·eps/2, by which the probability is
// off; the sum adds half a unit for each class, see logSumBound.
func checkSoftmax[T Float](t *testing.T, name string, p []T, largest, logSum T, logits []T, classes, width int, inside bool) {
	t.Helper()
	if !inside {
		if largest != 0 || logSum != 0 || p[0] != 0 || p[(classes-1)*width] != 0 {
			t.Fatalf("%s: written, outside the panel's vectors", name)
		}
		return
	}
	first, second := math.Inf(-1), math.Inf(-1)
	var exps []*big.Float
	for c := range classes {
		x := float64(logits[c*width])
		first, second = max(first, x), max(second, min(first, x))
		exps = append(exps, preciseExp(precise(x)))
	}
	total, logOfSum := preciseSoftmax(exps)
	for c := range classes {
		x := float64(logits[c*width])
		want, _ := quotient(preciseExp(precise(x)), total).Float64()
		near(t, fmt.Sprintf("%s, class %d", name, c), p[c*width], want, want+smallestNormal[T](), classes/2+int((first-x)/2)+4)
	}
	if float64(largest) != first {
		t.Fatalf("%s: the largest logit is %v, want %v", name, largest, first)
	}
	want, _ := logOfSum.Float64()
	near(t, name+", log Σ", logSum, want, want+smallestNormal[T](), int(logSumBound(classes, first-second)))
}

// preciseSoftmax gives the sum of exponentials, and log Σ of them divided by the largest.
func preciseSoftmax(exps []*big.Float) (total, logSum *big.Float) {
	largest := 0
	for c, e := range exps {
		if e.Cmp(exps[largest]) > 0 {
			largest = c
		}
	}
	rest := precise(0)
	for c, e := range exps {
		if c != largest {
			rest.Add(rest, e)
		}
	}
	return plus(rest, exps[largest]), preciseLog1p(quotient(rest, exps[largest]))
}

// logSumBound is the error of log Σ in eps of itself. What the classes but the largest
// add to Σ is off by half their distance d to it, which in the mean that counts is at
// most gap + log classes, where gap is the second largest logit's; sum and logarithm
// add to that.
func logSumBound(classes int, gap float64) float64 {
	if classes == 1 {
		return 0
	}
	return (float64(classes)+gap+math.Log(float64(classes)))/2 + 4
}

// TestSoftmaxLoss: the cross entropy of logits that are large, alike or far apart is
// as good as any.
func TestSoftmaxLoss(t *testing.T) {
	onEveryISA(t, testSoftmaxLoss[float32], testSoftmaxLoss[float64])
}

func testSoftmaxLoss[T Float](t *testing.T, table *Table[T]) {
	for _, c := range []struct{ label, other, want float64 }{
		{1e4, 1e4, math.Ln2},
		{1e6, 1e6, math.Ln2},
		{-1e6, -1e6, math.Ln2},
		{1e30, 1e30, math.Ln2},
		{20, 0, 2.061153620314381e-09},
		{0, -80, 1.8048513878454153e-35},
		{0, 1e6, 1e6},
		{1e6 + 1, 1e6, 0.31326168751822286},
		{1e6, 1e6 + 1, 1.3132616875182228},
	} {
		width := table.Width()
		logits, p, largest, logSum := make([]T, 2*width), make([]T, 2*width), make([]T, width), make([]T, width)
		logits[0], logits[width] = T(c.label), T(c.other)
		table.Softmax(p, largest, logSum, logits, 2, 1)
		got := float64(logSum[0]) + (float64(largest[0]) - float64(logits[0]))
		if math.Abs(got-c.want) > 4*eps[T]()*c.want {
			t.Errorf("cross entropy of (%v, %v) is %v, want %v", c.label, c.other, got, c.want)
		}
	}
}

// TestLogisticLoss is the same for the binary cross entropy.
func TestLogisticLoss(t *testing.T) {
	onEveryISA(t, testLogisticLoss[float32], testLogisticLoss[float64])
}

func testLogisticLoss[T Float](t *testing.T, table *Table[T]) {
	for _, c := range []struct{ logit, answer, want float64 }{
		{1e6, 1, 0},
		{1e6, 0, 1e6},
		{-1e6, 0, 0},
		{-1e6, 1, 1e6},
		{1e6, 0.75, 0.25e6},
		{-1e6, 0.25, 0.25e6},
		{0, 1, math.Ln2},
		{20, 1, 2.061153620314381e-09},
		{-20, 0, 2.061153620314381e-09},
		{2, 0.5, 1.1269280110429725},
	} {
		width := table.Width()
		logits, p, tail := make([]T, width), make([]T, width), make([]T, width)
		logits[0] = T(c.logit)
		table.Logistic(p, tail, logits, 1, 1)
		got := float64(tail[0]) + max((1-c.answer)*c.logit, -c.answer*c.logit)
		if math.Abs(got-c.want) > 4*eps[T]()*c.want {
			t.Errorf("cross entropy of the answer %v to the logit %v is %v, want %v", c.answer, c.logit, got, c.want)
		}
	}
}

func TestSoftmaxExtremes(t *testing.T) {
	onEveryISA(t, testSoftmaxExtremes[float32], testSoftmaxExtremes[float64])
}

func testSoftmaxExtremes[T Float](t *testing.T, table *Table[T]) {
	inf, nan := math.Inf(1), math.NaN()
	huge := math.MaxFloat32
	if sizeof[T]() == 8 {
		huge = math.MaxFloat64
	}
	for _, c := range []struct {
		logits, p       [3]float64
		largest, logSum float64
	}{
		{[3]float64{huge, -huge, 0}, [3]float64{1, 0, 0}, huge, 0},
		{[3]float64{-huge, -huge, -huge}, [3]float64{1. / 3, 1. / 3, 1. / 3}, -huge, math.Log(3)},
		{[3]float64{-inf, 0, 0}, [3]float64{0, 0.5, 0.5}, 0, math.Ln2},
		{[3]float64{-inf, 7, -inf}, [3]float64{0, 1, 0}, 7, 0},
		{[3]float64{-inf, -inf, -inf}, [3]float64{nan, nan, nan}, nan, nan},
		{[3]float64{inf, 0, 0}, [3]float64{nan, nan, nan}, nan, nan},
		{[3]float64{nan, 0, 0}, [3]float64{nan, nan, nan}, nan, nan},
		{[3]float64{0, 0, nan}, [3]float64{nan, nan, nan}, nan, nan},
	} {
		width := table.Width()
		logits, p, largest, logSum := make([]T, 3*width), make([]T, 3*width), make([]T, width), make([]T, width)
		for k, v := range c.logits {
			logits[k*width] = T(v)
		}
		table.Softmax(p, largest, logSum, logits, 3, 1)
		for k, want := range c.p {
			if diff := testkit.ULPDiff(p[k*width], want); diff > 1 {
				t.Errorf("softmax(%v)[%d] = %v, want %v", c.logits, k, p[k*width], want)
			}
		}
		if diff := testkit.ULPDiff(largest[0], c.largest); diff > 0.5 {
			t.Errorf("the largest of %v is %v, want %v", c.logits, largest[0], c.largest)
		}
		if diff := testkit.ULPDiff(logSum[0], c.logSum); diff > 1 {
			t.Errorf("log Σ of %v is %v, want %v", c.logits, logSum[0], c.logSum)
		}
	}
}

func TestSoftmaxRefusesMisuse(t *testing.T) {
	table := Default[float64]()
	panel := func(rows int) []float64 { return make([]float64, rows*table.Width()) }
	for _, c := range []struct {
		name string
		call func()
	}{
		{"no class", func() { table.Softmax(panel(1), panel(1), panel(1), panel(1), 0, 2) }},
		{"p", func() { table.Softmax(panel(1), panel(1), panel(1), panel(2), 2, 2) }},
		{"largest", func() { table.Softmax(panel(2), panel(0), panel(1), panel(2), 2, 2) }},
		{"log Σ", func() { table.Softmax(panel(2), panel(1), panel(0), panel(2), 2, 2) }},
		{"logistic: tail", func() { table.Logistic(panel(2), panel(1), panel(2), 2, 2) }},
		{"exp: vectors", func() { table.Exp(panel(2), panel(2), 2, 0) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("did not panic")
				}
			}()
			c.call()
		})
	}
}

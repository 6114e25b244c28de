package kernels

import (
	"fmt"
	"math"
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
				p, lse := make([]T, len(logits)), make([]T, width)
				testkit.MustNotFault(t, func() { table.Softmax(p, lse, logits, classes, vecs) })
				step := 1
				if classes > mostClasses {
					if step = width; size > 1 { // one sample is enough: the judge is slow
						continue
					}
				}
				for n := 0; n < width; n += step {
					name := fmt.Sprintf("%d classes of size %v, %d vectors: sample %d", classes, size, vecs, n)
					checkSoftmax(t, name, p[n:], lse[n], logits[n:], classes, width, n < vecs*table.lanes)
				}
				testkit.MustNotFault(t, func() { table.Softmax(logits, lse, logits, classes, vecs) })
				for i := range p {
					if i%width < vecs*table.lanes && logits[i] != p[i] {
						t.Fatalf("%d classes: in place %v, else %v", classes, logits[i], p[i])
					}
				}
			}
		}
	}
	keepsSamplesApart(t, "Softmax", table, 3, func(p [][]T, rows, vecs int) { table.Softmax(p[0], p[1], p[2], rows, vecs) })
}

// checkSoftmax holds one sample against the definition in 200 bits. A logit's
// distance d to the largest is rounded to d·eps/2, by which the probability is
// off; the sum adds half a unit for each class.
func checkSoftmax[T Float](t *testing.T, name string, p []T, lse T, logits []T, classes, width int, inside bool) {
	t.Helper()
	if !inside {
		if lse != 0 || p[0] != 0 || p[(classes-1)*width] != 0 {
			t.Fatalf("%s: written, outside the panel's vectors", name)
		}
		return
	}
	largest := math.Inf(-1)
	total := precise(0)
	for c := range classes {
		x := float64(logits[c*width])
		largest = max(largest, x)
		total = plus(total, preciseExp(precise(x)))
	}
	smallestNormal := 0x1p-126
	if sizeof[T]() == 8 {
		smallestNormal = 0x1p-1022
	}
	for c := range classes {
		x := float64(logits[c*width])
		want, _ := quotient(preciseExp(precise(x)), total).Float64()
		near(t, fmt.Sprintf("%s, class %d", name, c), p[c*width], want, want+smallestNormal, classes/2+int((largest-x)/2)+4)
	}
	want, _ := preciseLog(total).Float64()
	near(t, name+", lse", lse, want, 1+math.Abs(largest), classes/2+3)
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
		logits, p [3]float64
		lse       float64
	}{
		{[3]float64{huge, -huge, 0}, [3]float64{1, 0, 0}, huge},
		{[3]float64{-huge, -huge, -huge}, [3]float64{1. / 3, 1. / 3, 1. / 3}, -huge},
		{[3]float64{-inf, 0, 0}, [3]float64{0, 0.5, 0.5}, math.Ln2},
		{[3]float64{-inf, 7, -inf}, [3]float64{0, 1, 0}, 7},
		{[3]float64{-inf, -inf, -inf}, [3]float64{nan, nan, nan}, nan},
		{[3]float64{inf, 0, 0}, [3]float64{nan, nan, nan}, nan},
		{[3]float64{nan, 0, 0}, [3]float64{nan, nan, nan}, nan},
		{[3]float64{0, 0, nan}, [3]float64{nan, nan, nan}, nan},
	} {
		width := table.Width()
		logits, p, lse := make([]T, 3*width), make([]T, 3*width), make([]T, width)
		for k, v := range c.logits {
			logits[k*width] = T(v)
		}
		table.Softmax(p, lse, logits, 3, 1)
		for k, want := range c.p {
			if diff := testkit.ULPDiff(p[k*width], want); diff > 1 {
				t.Errorf("softmax(%v)[%d] = %v, want %v", c.logits, k, p[k*width], want)
			}
		}
		if diff := testkit.ULPDiff(lse[0], c.lse); diff > 1 {
			t.Errorf("lse(%v) = %v, want %v", c.logits, lse[0], c.lse)
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
		{"no class", func() { table.Softmax(panel(1), panel(1), panel(1), 0, 2) }},
		{"p", func() { table.Softmax(panel(1), panel(1), panel(2), 2, 2) }},
		{"lse", func() { table.Softmax(panel(2), panel(0), panel(2), 2, 2) }},
		{"logistic: softplus", func() { table.Logistic(panel(2), panel(1), panel(2), 2, 2) }},
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

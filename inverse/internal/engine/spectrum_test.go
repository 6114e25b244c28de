package engine

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// spectralKinds make matrices of the given shape whose spectra are hard in some way.
var spectralKinds = []struct {
	kind string
	make func(rng *rand.Rand, rows, cols int) []float64
}{
	{"random", gaussian},
	{"rank 1", func(rng *rand.Rand, rows, cols int) []float64 {
		return product(gaussian(rng, rows, 1), gaussian(rng, 1, cols), rows, 1, cols)
	}},
	{"rank 2, equal", func(rng *rand.Rand, rows, cols int) []float64 {
		n := min(2, rows, cols)
		return product(orthonormal(rng, rows, n), transposed(orthonormal(rng, cols, n), cols, n), rows, n, cols)
	}},
	{"orthogonal", func(rng *rand.Rand, rows, cols int) []float64 {
		n := min(rows, cols)
		return product(orthonormal(rng, rows, n), transposed(orthonormal(rng, cols, n), cols, n), rows, n, cols)
	}},
	{"one a little larger", func(rng *rand.Rand, rows, cols int) []float64 {
		n := min(rows, cols)
		u := orthonormal(rng, rows, n)
		for i := range rows {
			u[i*n] *= 1 + math.Pow(10, -1-10*rng.Float64())
		}
		return product(u, transposed(orthonormal(rng, cols, n), cols, n), rows, n, cols)
	}},
	{"geometric", func(rng *rand.Rand, rows, cols int) []float64 {
		n := min(rows, cols)
		u := orthonormal(rng, rows, n)
		for i := range u {
			u[i] *= math.Pow(0.5, float64(i%n))
		}
		return product(u, transposed(orthonormal(rng, cols, n), cols, n), rows, n, cols)
	}},
	{"clusters", func(rng *rand.Rand, rows, cols int) []float64 {
		n := min(rows, cols)
		u := orthonormal(rng, rows, n)
		for i := range u {
			u[i] *= float64(1 + i%n%3)
		}
		return product(u, transposed(orthonormal(rng, cols, n), cols, n), rows, n, cols)
	}},
	{"duplicated columns", func(rng *rand.Rand, rows, cols int) []float64 {
		w := gaussian(rng, rows, cols)
		for i := range w {
			w[i] = w[i-i%cols+i%cols%max(1, cols/2)]
		}
		return w
	}},
	{"diagonal", func(rng *rand.Rand, rows, cols int) []float64 {
		w := make([]float64, rows*cols)
		for i := range min(rows, cols) {
			w[i*cols+i] = math.Round(3 * rng.NormFloat64())
		}
		return w
	}},
	{"integers", func(rng *rand.Rand, rows, cols int) []float64 {
		w := gaussian(rng, rows, cols)
		for i := range w {
			w[i] = math.Round(2 * w[i])
		}
		return w
	}},
	{"zero but one", func(rng *rand.Rand, rows, cols int) []float64 {
		w := make([]float64, rows*cols)
		w[rng.IntN(len(w))] = rng.NormFloat64()
		return w
	}},
	{"non-negative", func(rng *rand.Rand, rows, cols int) []float64 {
		w := gaussian(rng, rows, cols)
		for i := range w {
			w[i] = max(w[i], 0)
		}
		return w
	}},
	{"away from the starts", awayFromStarts},
}

// awayFromStarts makes the top eigenvector of the smaller Gram matrix orthogonal to
// the vectors that the Lanczos processes start from.
func awayFromStarts(rng *rand.Rand, rows, cols int) []float64 {
	n := min(rows, cols)
	top := gaussian(rng, n, 1)
	var starts [][]float64
	for seed := uint64(1); seed <= 2 && len(starts) < n-1; seed++ {
		v := make([]float64, n)
		startVector(v, seed)
		for range 2 {
			for _, s := range starts {
				subtract(v, s)
			}
		}
		normalise(v)
		starts = append(starts, v)
	}
	for range 2 {
		for _, s := range starts {
			subtract(top, s)
		}
	}
	normalise(top)
	// u·topᵀ·5 + what is smaller and orthogonal to top.
	q := orthonormal(rng, max(rows, cols), n)
	rest := gaussian(rng, n, n)
	for i := range n {
		subtract(rest[i*n:(i+1)*n], top)
	}
	w := product(q, rest, max(rows, cols), n, n)
	c := 5 * math.Sqrt(float64(n)) / 2
	for i := range max(rows, cols) {
		for k := range n {
			w[i*n+k] += c * q[i*n] * top[k]
		}
	}
	if rows < cols {
		return transposed(w, cols, rows)
	}
	return w
}

// subtract takes the part of v along the unit vector u away.
func subtract(v, u []float64) {
	c := dot(v, u)
	for i := range v {
		v[i] -= c * u[i]
	}
}

func gaussian(rng *rand.Rand, rows, cols int) []float64 {
	w := make([]float64, rows*cols)
	for i := range w {
		w[i] = rng.NormFloat64()
	}
	return w
}

func product(a, b []float64, rows, depth, cols int) []float64 {
	var m mat.Dense
	m.Mul(mat.NewDense(rows, depth, a), mat.NewDense(depth, cols, b))
	return m.RawMatrix().Data
}

func transposed(a []float64, rows, cols int) []float64 {
	return mat.DenseCopyOf(mat.NewDense(rows, cols, a).T()).RawMatrix().Data
}

// orthonormal has n ≤ rows orthonormal columns.
func orthonormal(rng *rand.Rand, rows, n int) []float64 {
	var qr mat.QR
	qr.Factorize(mat.NewDense(rows, n, gaussian(rng, rows, n)))
	var q mat.Dense
	qr.QTo(&q)
	return mat.DenseCopyOf(q.Slice(0, rows, 0, n)).RawMatrix().Data
}

// byDecomposition is λmax of WᵀW by an eigenvalue decomposition of the smaller Gram
// matrix of W over its largest element.
func byDecomposition(w []float64, rows, cols int) float64 {
	largest := 0.0
	for _, v := range w {
		largest = max(largest, math.Abs(v))
	}
	if largest == 0 {
		return 0
	}
	m := mat.NewDense(rows, cols, nil)
	for i, v := range w {
		m.Set(i/cols, i%cols, v/largest)
	}
	var square mat.SymDense
	if rows < cols {
		square.SymOuterK(1, m)
	} else {
		square.SymOuterK(1, m.T())
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(&square, false) {
		return math.NaN()
	}
	values := eigen.Values(nil)
	return values[len(values)-1] * largest * largest
}

func checkSpectrum[T Float](t *testing.T, kind string, w []float64, rows, cols int, scale float64) {
	t.Helper()
	stored, exact := make([]T, len(w)), make([]float64, len(w))
	for i, v := range w {
		stored[i] = T(v * scale)
		exact[i] = float64(stored[i])
	}
	got, want := LargestEigenvalue(stored, rows, cols), byDecomposition(exact, rows, cols)
	if !(math.Abs(got-want) <= 1e-10*want) {
		t.Errorf("%s, %d×%d of %T, scale %.0e: λmax %.16g, want %.16g: off by %.1e", kind, rows, cols, stored[0], scale, got, want, (got-want)/want)
	}
}

// TestLargestEigenvalue compares with an eigenvalue decomposition: 10,000 matrices
// with INVERSENET_SLOW=1, every twentieth of them otherwise.
func TestLargestEigenvalue(t *testing.T) {
	count, stride := 10000, 20
	if os.Getenv("INVERSENET_SLOW") == "1" {
		stride = 1
	}
	scales32, scales64 := []float64{1, 1e-18, 1e18}, []float64{1, 1e-18, 1e18, 1e-150, 1e150}
	for i := 0; i < count; i += stride {
		rng := rand.New(rand.NewPCG(uint64(i), 51))
		rows, cols := 1+rng.IntN(40), 1+rng.IntN(40)
		if i%4000 == 60 {
			rows, cols = 300, 280+rng.IntN(40)
		}
		kind := spectralKinds[rng.IntN(len(spectralKinds))]
		w := kind.make(rng, rows, cols)
		checkSpectrum[float32](t, kind.kind, w, rows, cols, scales32[rng.IntN(len(scales32))])
		checkSpectrum[float64](t, kind.kind, w, rows, cols, scales64[rng.IntN(len(scales64))])
	}
}

// TestLargestEigenvalueOfSmallMatrices holds values that a power iteration from a
// fixed start gets wrong, and the ends of the range.
func TestLargestEigenvalueOfSmallMatrices(t *testing.T) {
	const huge, tiny = math.MaxFloat64, math.SmallestNonzeroFloat64
	for _, c := range []struct {
		w    []float64
		rows int
		want float64
	}{
		{[]float64{8, -9}, 1, 145},
		{[]float64{8, -9, 0.9, 0.8}, 2, 145},
		{[]float64{8, -9}, 2, 145},
		{[]float64{0, 0, 0, 0}, 2, 0},
		{[]float64{-3}, 1, 9},
		{[]float64{3, 4, 3, 4}, 2, 50},
		{[]float64{0, 1, 1, 0}, 2, 1},
		{[]float64{huge, 0}, 1, math.Inf(1)},
		{[]float64{tiny, tiny}, 1, 0},
		{[]float64{1e-150, 1e-150}, 1, 2e-300},
	} {
		got := LargestEigenvalue(c.w, c.rows, len(c.w)/c.rows)
		if !(got == c.want || math.Abs(got-c.want) <= 1e-10*c.want) {
			t.Errorf("λmax of %v in %d rows: %v, want %v", c.w, c.rows, got, c.want)
		}
	}
}

func BenchmarkLargestEigenvalue(b *testing.B) {
	for _, rows := range []int{64, 784} {
		rng := rand.New(rand.NewPCG(52, 53))
		w := make([]float32, rows*256)
		for i := range w {
			w[i] = float32(rng.NormFloat64() / 16)
		}
		b.Run(fmt.Sprintf("J%d/K256", rows), func(b *testing.B) {
			for b.Loop() {
				LargestEigenvalue(w, rows, 256)
			}
		})
	}
}

// TestGramOperatorsAgree: with and without forming the Gram matrix.
func TestGramOperatorsAgree(t *testing.T) {
	rng := rand.New(rand.NewPCG(54, 55))
	for _, shape := range [][2]int{{1, 1}, {5, 3}, {3, 5}, {40, 17}} {
		rows, cols := shape[0], shape[1]
		w, v := gaussian(rng, rows, cols), gaussian(rng, min(rows, cols), 1)
		formed, applied := make([]float64, len(v)), make([]float64, len(v))
		gramOperator(w, rows, cols, -3)(formed, v)
		scaledOperator(w, rows, cols, -3)(applied, v)
		for i, want := range formed {
			if !(math.Abs(applied[i]-want) <= 1e-14*float64(rows*cols)) {
				t.Errorf("%d×%d: element %d is %v, want %v", rows, cols, i, applied[i], want)
			}
		}
	}
}

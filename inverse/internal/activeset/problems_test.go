package activeset

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"
	"sync"
	"testing"

	"github.com/inversenet/inversenet/internal/digits"
	"github.com/inversenet/inversenet/kernels"
)

// A named is a problem with many samples: minimise ½‖Wz − x‖² + λ‖z‖₁ for each row
// x of X, over z ≥ 0 or all z.
type named struct {
	name        string
	J, K, B     int
	W, X        []float64 // J×K and B×J, row-major
	lambda      float64
	nonNegative bool
}

// problemNames are those that [problem] knows, the benchmarks' rows.
var problemNames = []string{"nnls-dK100", "nnls-dK256", "lasso-dK256", "nnls-J784K256", "lasso-J784K256"}

// problem returns a problem of 1,000 samples. Those with a d have atoms of noisy
// digits, from testdata, and read the digits; the others are made by [synthetic].
func problem(tb testing.TB, name string) *named {
	tb.Helper()
	if f := synthetic[name]; f != nil {
		return f()
	}
	p := golden(tb, name).named
	pixels, _, err := digits.Load()
	if err != nil {
		tb.Fatal(err)
	}
	p.B, p.X = 1000, pixels[797*digits.Pixels:1797*digits.Pixels]
	for i := range p.X {
		p.X[i] /= digits.MaxGrey
	}
	return &p
}

// synthetic problems are a formula that other languages can repeat. With u(s, i) as
// [hashed] makes it, i counting row-major, and all in float64,
//
//	W = u(1) − shift
//	Z = u(3) where u(2) < share, else 0      B×K
//	X = Z·Wᵀ + noise·(u(4) − ½)
var synthetic = map[string]func() *named{
	"nnls-J784K256": sync.OnceValue(func() *named {
		return synthesise("nnls-J784K256", 784, 256, 0, 0.125, 4, 0, true)
	}),
	"lasso-J784K256": sync.OnceValue(func() *named {
		return synthesise("lasso-J784K256", 784, 256, 0.5, 0.1, 1, 8, false)
	}),
}

func synthesise(name string, J, K int, shift, share, noise, lambda float64, nonNegative bool) *named {
	const B = 1000
	p := &named{name: name, J: J, K: K, B: B, lambda: lambda, nonNegative: nonNegative,
		W: make([]float64, J*K), X: make([]float64, B*J)}
	for i := range p.W {
		p.W[i] = hashed(1, i) - shift
	}
	for n := range B {
		x := p.X[n*J:][:J]
		for j := range x {
			x[j] = noise * (hashed(4, n*J+j) - 0.5)
		}
		for k := range K {
			if hashed(2, n*K+k) < share {
				z := hashed(3, n*K+k)
				for j := range x {
					x[j] += z * p.W[j*K+k]
				}
			}
		}
	}
	return p
}

// hashed is a number in [0, 1): the upper 53 bits, times 2⁻⁵³, of SplitMix64's
// output for the state salt·2³² + i (G. Steele, D. Lea and C. Flood, 2014).
func hashed(salt, i int) float64 {
	x := (uint64(salt)<<32 + uint64(i) + 1) * 0x9E3779B97F4A7C15
	x = (x ^ x>>30) * 0xBF58476D1CE4E5B9
	x = (x ^ x>>27) * 0x94D049BB133111EB
	x ^= x >> 31
	return float64(x>>11) * 0x1p-53
}

// A solved problem comes with its minimisers.
type solved struct {
	named
	objective []float64
	latents   []float64 // where several are optimal, one of them
}

// golden reads a problem that other libraries have solved in float64, with a
// gradient below 1e-9.
func golden(tb testing.TB, name string) *solved {
	tb.Helper()
	arrays, err := zip.OpenReader("testdata/" + name + ".npz")
	if err != nil {
		tb.Fatal(err)
	}
	defer arrays.Close()
	read := func(array string) ([]float64, []int) {
		f, err := arrays.Open(array + ".npy")
		if err != nil {
			tb.Fatal(err)
		}
		defer f.Close()
		v, shape, err := readNPY(f)
		if err != nil {
			tb.Fatalf("%s in %s: %v", array, name, err)
		}
		return v, shape
	}
	s := &solved{named: named{name: name, nonNegative: name[:4] == "nnls"}}
	if !s.nonNegative {
		s.lambda = 0.1
	}
	var shape []int
	s.W, shape = read("W")
	s.J, s.K = shape[0], shape[1]
	s.X, shape = read("X")
	s.B = shape[0]
	s.objective, _ = read("objective")
	s.latents, _ = read("latents")
	return s
}

var npyHeader = regexp.MustCompile(`'descr': '<f([48])', 'fortran_order': False, 'shape': \((\d+),(?: (\d+))?\)`)

func readNPY(r io.Reader) (v []float64, shape []int, err error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, nil, err
	}
	start := 10 + int(binary.LittleEndian.Uint16(data[8:]))
	m := npyHeader.FindSubmatch(data[:start])
	if m == nil {
		return nil, nil, fmt.Errorf("not a header this test reads: %q", data[:start])
	}
	n := 1
	for _, d := range m[2:] {
		if size, err := strconv.Atoi(string(d)); err == nil {
			shape = append(shape, size)
			n *= size
		}
	}
	v = make([]float64, n)
	body := bytes.NewReader(data[start:])
	if string(m[1]) == "8" {
		return v, shape, binary.Read(body, binary.LittleEndian, v)
	}
	w := make([]float32, n)
	err = binary.Read(body, binary.LittleEndian, w)
	for i := range w {
		v[i] = float64(w[i])
	}
	return v, shape, err
}

// terms are the penalty and bounds of p.
func (p *named) terms() (t Terms) {
	if p.lambda != 0 {
		t.Lambda = repeat(p.K, p.lambda)
	}
	if p.nonNegative {
		t.Lower = repeat(p.K, 0)
		t.Upper = repeat(p.K, math.Inf(1))
	}
	return t
}

func repeat(n int, v float64) []float64 {
	s := make([]float64, n)
	for i := range s {
		s[i] = v
	}
	return s
}

// A correlator computes C = X·W on the kernels, panel by panel, for [Solver.Solve].
type correlator struct {
	table   *kernels.Table[float64]
	weights *kernels.Weights[float64]
	in, out []float64
	x       *named
}

func newCorrelator(t *kernels.Table[float64], p *named) *correlator {
	w := t.NewWeights(p.K, p.J)
	w.PackTransposed(p.W, p.K)
	return &correlator{t, w, make([]float64, p.J*t.Width()), make([]float64, p.K*t.Width()), p}
}

func (c *correlator) correlate(dst []float64) {
	p, width := c.x, c.table.Width()
	for n := 0; n < p.B; n += width {
		m := min(width, p.B-n)
		c.table.Pack(c.in, p.X[n*p.J:], m, p.J, p.J)
		c.table.Product(c.out, c.weights, c.in, c.table.Vectors(m), nil, kernels.Epilogue[float64]{})
		c.table.Unpack(dst[n*p.K:], c.out, m, p.K, p.K)
	}
}

// gram is WᵀW + ridge·I, rows of W being accumulated in order.
func gram(J, K int, W []float64, ridge float64) []float64 {
	a := make([]float64, K*K)
	for j := range J {
		row := W[j*K:][:K]
		for i, v := range row {
			if v != 0 {
				for k, w := range row {
					a[i*K+k] += v * w
				}
			}
		}
	}
	for i := range K {
		a[i*K+i] += ridge
	}
	return a
}

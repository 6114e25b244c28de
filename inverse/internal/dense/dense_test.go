package dense

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/inversenet/inversenet/kernels"
)

func random(p *Pool, rng *rand.Rand, rows, cols int) *Matrix {
	m := p.New(rows, cols)
	for i := range rows {
		for j := range cols {
			m.Set(i, j, rng.NormFloat64())
		}
	}
	return m
}

// TestMul compares with three loops, for sizes on both sides of a panel.
func TestMul(t *testing.T) {
	p := NewPool(kernels.Default[float64](), 1)
	rng := rand.New(rand.NewPCG(1, 2))
	sizes := []int{1, 3, 10, 16, 17, 40}
	for _, rows := range sizes {
		for _, depth := range sizes {
			for _, cols := range sizes {
				for _, transposed := range []bool{false, true} {
					t.Run(fmt.Sprintf("%d×%d×%d/%v", rows, depth, cols, transposed), func(t *testing.T) {
						a := random(p, rng, rows, depth)
						b, init, dst := random(p, rng, depth, cols), random(p, rng, rows, cols), p.New(rows, cols)
						left := a
						if transposed {
							left = p.New(depth, rows)
							p.Transpose(left, a)
						}
						p.Mul(dst, left, transposed, b, init)
						for i := range rows {
							for j := range cols {
								want := init.At(i, j)
								for d := range depth {
									want += a.At(i, d) * b.At(d, j)
								}
								if got := dst.At(i, j); !(math.Abs(got-want) <= 1e-13*float64(depth)) {
									t.Fatalf("(%d, %d): got %v, want %v", i, j, got, want)
								}
							}
						}
					})
				}
			}
		}
	}
}

// TestSymmetricMatrices: half of a product of polynomials of one matrix is the
// whole, and what turns matrices gives both halves the same bits, for sizes on both
// sides of a panel and of where elements are moved one by one.
func TestSymmetricMatrices(t *testing.T) {
	for _, threads := range []int{1, 3} {
		p := NewPool(kernels.Default[float64](), threads)
		rng := rand.New(rand.NewPCG(3, 4))
		for _, n := range []int{1, 7, 8, 9, 24, 25, 60, 300} {
			a := random(p, rng, n, n)
			p.AddTranspose(a, 0.5, p.New(n, n))
			square, full, turned := p.New(n, n), p.New(n, n), p.New(n, n)
			p.MulSymmetric(square, a, true, a, nil)
			p.Mul(full, a, false, a, nil)
			p.Transpose(turned, square)
			for i := range n {
				for j := range n {
					if a.At(i, j) != a.At(j, i) || square.At(i, j) != turned.At(i, j) {
						t.Fatalf("%d×%d on %d threads: not symmetric at (%d, %d)", n, n, threads, i, j)
					}
					if got, want := square.At(i, j), full.At(i, j); !(math.Abs(got-want) <= 1e-13*float64(n)) {
						t.Fatalf("%d×%d: (%d, %d) of the square is %v, want %v", n, n, i, j, got, want)
					}
				}
			}
			if got, want := Trace(a, a), square.Diagonal(); !(math.Abs(got-want) <= 1e-12*want) {
				t.Errorf("%d×%d: ⟨a, a⟩ = %v, trace of the square %v", n, n, got, want)
			}
		}
	}
}

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
	p := NewPool(kernels.Default[float64]())
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
							left.Transpose(a)
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

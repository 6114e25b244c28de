package distort

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// BenchmarkApply times a batch of 100 images.
func BenchmarkApply(b *testing.B) {
	for _, side := range []int{8, 28} {
		for _, bicubic := range []bool{false, true} {
			b.Run(fmt.Sprintf("float32/%d×%d/bicubic=%v", side, side, bicubic), func(b *testing.B) {
				const images = 100
				d, err := New[float32](side, side, Settings{Scale: 0.1, Shear: 0.1, Rotation: 0.1, Shift: 0.5, Bicubic: bicubic})
				if err != nil {
					b.Fatal(err)
				}
				rng := rand.New(rand.NewPCG(1, 2))
				src, dst := make([]float32, images*side*side), make([]float32, images*side*side)
				for i := range src {
					src[i] = rng.Float32()
				}
				b.ReportAllocs()
				for b.Loop() {
					d.Apply(dst, src, images, rng)
				}
			})
		}
	}
}

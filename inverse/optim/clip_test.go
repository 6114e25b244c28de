package optim

import (
	"math"
	"testing"
)

func TestClipNorm(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	tests := []struct {
		name     string
		a, b     []float64
		max      float64
		norm     float64
		ra, rb   []float64
		relative float64
	}{
		{"within", []float64{3, 0}, []float64{4}, 5, 5, []float64{3, 0}, []float64{4}, 0},
		{"beyond", []float64{3, 0}, []float64{-4}, 1, 5, []float64{0.6, 0}, []float64{-0.8}, 1e-15},
		{"measured only", []float64{3e5, 0}, []float64{4e5}, inf, 5e5, []float64{3e5, 0}, []float64{4e5}, 0},
		{"squares overflow", []float64{3e300}, []float64{4e300}, 5, 5e300, []float64{3}, []float64{4}, 1e-14},
		{"squares underflow", []float64{3e-300}, []float64{4e-300}, 1e-300, 5e-300, []float64{6e-301}, []float64{8e-301}, 1e-14},
		{"five and more", []float64{1, 1, 1, 1, 1, 1, 1, 1, 1}, nil, 1.5, 3, []float64{.5, .5, .5, .5, .5, .5, .5, .5, .5}, nil, 1e-15},
		{"zero", []float64{0}, []float64{0}, 1, 0, []float64{0}, []float64{0}, 0},
		{"nothing", nil, nil, 1, 0, nil, nil, 0},
		{"infinite", []float64{1, -inf}, []float64{7}, 1, inf, []float64{1, -inf}, []float64{7}, 0},
		{"NaN", []float64{1, 2}, []float64{nan}, 1, nan, []float64{1, 2}, []float64{nan}, 0},
		{"NaN beside infinity", []float64{inf, 2}, []float64{nan}, 1, nan, []float64{inf, 2}, []float64{nan}, 0},
	}
	near := func(a, b, relative float64) bool {
		return a == b || math.Abs(a-b) <= relative*math.Abs(b) || math.IsNaN(a) && math.IsNaN(b)
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := []Param[float64]{{Grad: clone(test.a)}, {Grad: clone(test.b)}}
			if norm := ClipNorm(p, test.max); !near(norm, test.norm, 1e-15) {
				t.Errorf("norm %v, not %v", norm, test.norm)
			}
			for i, want := range [][]float64{test.ra, test.rb} {
				for j, w := range want {
					if got := p[i].Grad[j]; !near(got, w, test.relative) {
						t.Errorf("parameter %d, element %d: %v, not %v", i, j, got, w)
					}
				}
			}
		})
	}
}

// Squares of float32 gradients are taken in float64.
func TestClipNormOfLargeFloat32(t *testing.T) {
	p := []Param[float32]{{Grad: []float32{3e30, -4e30}}}
	if norm := ClipNorm(p, 1); !(math.Abs(norm-5e30) <= 1e-6*5e30) {
		t.Errorf("norm %v, not 5e30", norm)
	}
	if again := ClipNorm(p, math.Inf(1)); !(math.Abs(again-1) <= 1e-6) {
		t.Errorf("norm %v after clipping to 1", again)
	}
}

func TestClipNormRefusesItsBound(t *testing.T) {
	for _, bound := range []float64{0, -1, math.NaN()} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("no panic for a bound of %v", bound)
				}
			}()
			ClipNorm([]Param[float64]{{Grad: []float64{1}}}, bound)
		}()
	}
}

package testkit

import (
	"fmt"
	"math"
	"testing"
)

func TestCentralDifference(t *testing.T) {
	tests := []struct {
		name     string
		f        func(float64) float64
		x, h     float64
		want     float64
		relative float64
	}{
		{"a line", func(x float64) float64 { return 3*x - 1 }, 0.7, 0.5, 3, 1e-15},
		// Exact up to degree 6, whatever the step.
		{"a sextic", func(x float64) float64 { return math.Pow(x, 6) }, 1, 0.5, 6, 1e-14},
		{"exp", math.Exp, 1, 0.01, math.E, 1e-12},
		{"sin", math.Sin, 0.3, 0.01, math.Cos(0.3), 1e-12},
		{"log, far from 0", math.Log, 1e6, 1e4, 1e-6, 1e-11},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := CentralDifference(test.f, test.x, test.h)
			if e := math.Abs(got-test.want) / math.Abs(test.want); !(e <= test.relative) {
				t.Errorf("%v, not %v: relative error %.1e", got, test.want, e)
			}
		})
	}
}

func TestCentralDifferenceRefusesAVanishingStep(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	CentralDifference(math.Sin, 1, 1e-20)
}

func TestULPDiff(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	tests32 := []struct {
		a    float32
		ref  float64
		want float64
	}{
		{1, 1, 0},
		{1 + 0x1p-23, 1, 1},
		{1 - 0x1p-24, 1, 0.5},
		{-1 - 0x1p-22, -1, 2},
		{1, 1 + 0x1p-25, 0.25},
		{2, -2, 0x1p24},
		{0x1p-149, 0, 1},
		{0x1p-126, 0x1p-126 + 0x1p-150, 0.5},
		{float32(inf), 1e39, 0},
		{float32(inf), 1, inf},
		{float32(-inf), 1e39, inf},
		{1, inf, inf},
		{float32(nan), nan, 0},
		{float32(nan), 1, inf},
		{1, nan, inf},
	}
	for _, test := range tests32 {
		if got := ULPDiff(test.a, test.ref); got != test.want {
			t.Errorf("float32 %v is %v from %v, not %v", test.a, got, test.ref, test.want)
		}
	}
	tests64 := []struct{ a, ref, want float64 }{
		{1, 1, 0},
		{1 + 0x1p-52, 1, 1},
		{1 - 0x1p-53, 1, 0.5},
		{-3 - 0x1p-50, -3, 2},
		{0x3p-1074, 0, 3},
		{inf, inf, 0},
		{inf, -inf, inf},
		{nan, nan, 0},
		{1, nan, inf},
	}
	for _, test := range tests64 {
		if got := ULPDiff(test.a, test.ref); got != test.want {
			t.Errorf("float64 %v is %v from %v, not %v", test.a, got, test.ref, test.want)
		}
	}
}

func ExampleULPDiff() {
	third := float32(1) / 3
	fmt.Printf("%.2f\n", ULPDiff(third, 1.0/3))
	fmt.Printf("%.2f\n", ULPDiff(third+0x1p-25, 1.0/3))
	// Output:
	// 0.33
	// 1.33
}

func ExampleCentralDifference() {
	fmt.Printf("%.9f\n", CentralDifference(math.Sqrt, 4, 0.1))
	// Output:
	// 0.250000000
}

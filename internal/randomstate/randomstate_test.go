package randomstate

import (
	"fmt"
	"math"
	"testing"
)

// The expected values are what NumPy prints, to all digits.

func TestFloat64(t *testing.T) {
	tests := []struct {
		seed uint32
		want []float64
	}{
		{42, []float64{0.3745401188473625, 0.9507143064099162, 0.7319939418114051, 0.5986584841970366}},
		{0, []float64{0.5488135039273248, 0.7151893663724195, 0.6027633760716439, 0.5448831829968969}},
	}
	for _, test := range tests {
		s := New(test.seed)
		for i, want := range test.want {
			if got := s.Float64(); got != want {
				t.Errorf("seed %d: uniform value %d is %v, not %v", test.seed, i, got, want)
			}
		}
	}
}

func TestNormFloat64(t *testing.T) {
	tests := []struct {
		seed uint32
		want []float64
	}{
		{42, []float64{0.4967141530112327, -0.13826430117118466, 0.6476885381006925, 1.5230298564080254}},
		{0, []float64{1.764052345967664, 0.4001572083672233, 0.9787379841057392, 2.240893199201458}},
	}
	for _, test := range tests {
		s := New(test.seed)
		for i, want := range test.want {
			if got := s.NormFloat64(); got != want {
				t.Errorf("seed %d: normal value %d is %v, not %v", test.seed, i, got, want)
			}
		}
	}
}

// The waiting half of a pair survives uniform draws, as in NumPy.
func TestSecondNormalValueWaits(t *testing.T) {
	s := New(42)
	first := s.NormFloat64()
	s.Float64()
	if second := s.NormFloat64(); first != 0.4967141530112327 || second != -0.13826430117118466 {
		t.Errorf("normal values around a uniform one are %v and %v", first, second)
	}
}

func TestLogRounded(t *testing.T) {
	// ln x to 60 digits, rounded once.
	tests := []struct{ x, want float64 }{
		{0x1p-106, -0x1.25e4f7b2737fap+6},
		{1e-30, -0x1.144f69ff9ffc4p+6},
		{0.0001, -0x1.26bb1bbb55515p+3},
		{0.2, -0x1.9c041f7ed8d33p+0},
		{0.21769042935227223, -0x1.86518311c602fp+0},
		{0.5, -0x1.62e42fefa39efp-1},
		{0.7071067811865475, -0x1.62e42fefa39f1p-2},
		{0.7071067811865476, -0x1.62e42fefa39eep-2},
		{0.75, -0x1.269621134db92p-2},
		{0.8948870059664156, -0x1.c6e49048bc2c4p-4},
		{0.9526656333094028, -0x1.8d3d9d28b926fp-5},
		{0.99, -0x1.495453e6fd4bcp-7},
		{1 - 0x1p-53, -0x1p-53},
		{1, 0},
		{1 + 0x1p-52, 0x1.fffffffffffffp-53},
		{2, 0x1.62e42fefa39efp-1},
		{3, 0x1.193ea7aad030bp+0},
		{1e300, 0x1.5963447f87fb5p+9},
	}
	for _, test := range tests {
		if got := logRounded(test.x); got != test.want {
			t.Errorf("ln %v is %x, not %x", test.x, got, test.want)
		}
	}
}

func TestLogRoundedNextToMathLog(t *testing.T) {
	s := New(1)
	for range 10000 {
		x := s.Float64()
		got, rough := logRounded(x), math.Log(x)
		if got != rough && math.Nextafter(got, rough) != rough {
			t.Fatalf("ln %v is %v, more than one unit in the last place from math.Log's %v", x, got, rough)
		}
	}
}

func Example() {
	// np.random.seed(42); np.random.randn(); np.random.rand()
	s := New(42)
	fmt.Println(s.NormFloat64())
	fmt.Println(s.Float64())
	// Output:
	// 0.4967141530112327
	// 0.7319939418114051
}

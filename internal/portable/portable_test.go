package portable

import (
	"hash/fnv"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// A function stands beside its definition in many digits.
type function struct {
	name    string
	f       func(float64) float64
	precise func(*big.Float) *big.Float
	draw    func(*rand.Rand) float64
	allowed float64 // units in the last place
	bits    uint64  // what the hash of many values is, on every architecture
}

func sine(x float64) float64   { s, _ := Sincos(x); return s }
func cosine(x float64) float64 { _, c := Sincos(x); return c }

func functions() []function {
	any := func(size float64) func(*rand.Rand) float64 {
		return func(rng *rand.Rand) float64 { return size * (2*rng.Float64() - 1) }
	}
	// From far below 1 to far above it, or to most.
	spread := func(most float64) func(*rand.Rand) float64 {
		return func(rng *rand.Rand) float64 {
			return min(math.Ldexp(1+rng.Float64(), rng.IntN(80)-60), most)
		}
	}
	return []function{
		{"Exp", Exp, preciseExp, any(700), 1, 0xaad0c752a8c85883},
		{"Exp near 0", Exp, preciseExp, any(1), 1, 0xa8195a0b3b29d3d2},
		{"Log", Log, preciseLog, spread(math.Inf(1)), 1, 0x8524ca9103a1088f},
		{"Log near 1", Log, preciseLog, func(rng *rand.Rand) float64 { return 0.5 + rng.Float64() }, 1, 0x6c6e1f317f229dc3},
		{"Log1p", Log1p, func(x *big.Float) *big.Float { return preciseLog(number(0).Add(number(1), x)) }, spread(math.Inf(1)), 1.5, 0x565ba0bfa22ccd62},
		{"Tanh", Tanh, preciseTanh, spread(25), 2.5, 0x8585d925ea0ea684},
		{"Sincos, sine", sine, preciseSine, any(1000), 1.5, 0x19c1f19cf7175b47},
		{"Hypot", func(x float64) float64 { return Hypot(x, 3) }, func(x *big.Float) *big.Float {
			return number(0).Sqrt(number(0).Add(number(9), number(0).Mul(x, x)))
		}, spread(math.Inf(1)), 2, 0xf6e1656d02243509},
		{"Sincos, cosine", cosine, preciseCosine, any(1000), 1.5, 0x7814a37e5f2b4739},
	}
}

// TestFunctions holds every function against its definition, and its bits against
// those that all architectures have in common.
func TestFunctions(t *testing.T) {
	for _, c := range functions() {
		rng := rand.New(rand.NewPCG(1, 2))
		worst, at := 0.0, 0.0
		for range 2000 {
			x := c.draw(rng)
			if off := ulps(c.f(x), c.precise(number(x))); off > worst {
				worst, at = off, x
			}
		}
		t.Logf("%s: %.3f ulp at %v", c.name, worst, at)
		if worst > c.allowed {
			t.Errorf("%s(%v) = %v is %.3f ulp off, allowed %v", c.name, at, c.f(at), worst, c.allowed)
		}
		hash := fnv.New64a()
		for range 20000 {
			hash.Write(bits(c.f(c.draw(rng))))
		}
		if got := hash.Sum64(); got != c.bits {
			t.Errorf("%s: the hash of its bits is %#016x, want %#016x", c.name, got, c.bits)
		}
	}
}

func bits(x float64) []byte {
	b, out := math.Float64bits(x), make([]byte, 8)
	for i := range out {
		out[i] = byte(b >> (8 * i))
	}
	return out
}

func TestSpecialCases(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	negativeZero := math.Copysign(0, -1)
	for _, c := range []struct {
		name    string
		f       func(float64) float64
		x, want float64
	}{
		{"Exp", Exp, 0, 1},
		{"Exp", Exp, negativeZero, 1},
		{"Exp", Exp, inf, inf},
		{"Exp", Exp, -inf, 0},
		{"Exp", Exp, nan, nan},
		{"Exp", Exp, 709.782712893384, 1.7976931348622732e308},
		{"Exp", Exp, 709.7827128933841, inf},
		{"Exp", Exp, -745.1332191019411, 0x1p-1074},
		{"Exp", Exp, -745.14, 0},
		{"Log", Log, 1, 0},
		{"Log", Log, 0, -inf},
		{"Log", Log, negativeZero, -inf},
		{"Log", Log, -1, nan},
		{"Log", Log, -inf, nan},
		{"Log", Log, inf, inf},
		{"Log", Log, nan, nan},
		{"Log", Log, 0x1p-1074, -744.4400719213812},
		{"Log", Log, math.MaxFloat64, 709.782712893384},
		{"Log1p", Log1p, 0, 0},
		{"Log1p", Log1p, 0x1p-1074, 0x1p-1074},
		{"Log1p", Log1p, inf, inf},
		{"Log1p", Log1p, nan, nan},
		{"Tanh", Tanh, negativeZero, negativeZero},
		{"Tanh", Tanh, inf, 1},
		{"Tanh", Tanh, -inf, -1},
		{"Tanh", Tanh, nan, nan},
		{"Tanh", Tanh, 0x1p-1074, 0x1p-1074},
		{"Hypot", func(x float64) float64 { return Hypot(x, 0) }, 0, 0},
		{"Hypot", func(x float64) float64 { return Hypot(x, x) }, math.MaxFloat64 / 2, math.MaxFloat64 / math.Sqrt2},
		{"Hypot", func(x float64) float64 { return Hypot(x, 0) }, 0x1p-1074, 0x1p-1074},
		{"Hypot", func(x float64) float64 { return Hypot(3, x) }, -4, 5},
		{"Hypot", func(x float64) float64 { return Hypot(nan, x) }, -inf, inf},
		{"Hypot", func(x float64) float64 { return Hypot(0, x) }, nan, nan},
		{"sine", sine, 0, 0},
		{"cosine", cosine, 0, 1},
		{"cosine", cosine, math.Pi, -1},
		{"sine", sine, inf, nan},
		{"cosine", cosine, nan, nan},
	} {
		got := c.f(c.x)
		if math.Float64bits(got) != math.Float64bits(c.want) && !(math.IsNaN(got) && math.IsNaN(c.want)) {
			t.Errorf("%s(%v) = %v, want %v", c.name, c.x, got, c.want)
		}
	}
}

func TestSincosRefusesLargeAngles(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("did not panic")
		}
	}()
	Sincos(2e6)
}

func TestPower(t *testing.T) {
	for _, x := range []float64{0.9, 0.999, 1, 2, 0, -3} {
		for n := range 40 {
			want := math.Pow(x, float64(n))
			if got := Power(x, n); math.Abs(got-want) > float64(n)*0x1p-52*math.Abs(want) {
				t.Errorf("Power(%v, %d) = %v, want %v", x, n, got, want)
			}
		}
	}
}

package gradcheck

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
)

// wrongGradients are lossGradient with the mistakes that people make.
func wrongGradients() map[string][]float64 {
	right := lossGradient(testW, true)
	wrong := map[string][]float64{"missing term": lossGradient(testW, false), "zero": make([]float64, len(right))}
	for i, change := range map[int]float64{0: 1e-4, 3: -1e-4} {
		g := clone(right)
		g[i] += change
		wrong[fmt.Sprintf("component %d off by %g", i, change)] = g
	}
	transposed := make([]float64, len(right))
	for j := range testPixels {
		for k := range testLatents {
			transposed[k*testPixels+j] = right[j*testLatents+k]
		}
	}
	wrong["transposed"] = transposed
	scaled := clone(right)
	for i := range scaled {
		scaled[i] *= 2
	}
	wrong["twice too large"] = scaled
	return wrong
}

func TestRightGradientsPass(t *testing.T) {
	tests := []struct {
		name string
		f    func([]float64) float64
		x, g []float64
		opt  Options
	}{
		{"unrolled descent", loss, testW, lossGradient(testW, true), Options{}},
		{"unrolled descent, sharply", loss, testW, lossGradient(testW, true), Options{Tolerance: 1e-10}},
		{"constant", func([]float64) float64 { return 3 }, []float64{1, 2}, []float64{0, 0}, Options{}},
		{"linear", func(x []float64) float64 { return 1 + 3*x[0] - 2*x[1] }, []float64{1, 2}, []float64{3, -2}, Options{}},
		{"components of all sizes", func(x []float64) float64 { return math.Sin(x[0]) + 1e-7*math.Exp(x[1]) },
			[]float64{1, 1}, []float64{math.Cos(1), 1e-7 * math.E}, Options{}},
		{"near the edge of its domain", func(x []float64) float64 { return math.Log(x[0]) },
			[]float64{1e-3}, []float64{1e3}, Options{}},
		{"near a kink", func(x []float64) float64 { return max(x[0], 0) * x[0] * x[0] },
			[]float64{1e-3}, []float64{3e-6}, Options{}},
		{"a large argument", func(x []float64) float64 { return math.Sqrt(x[0]) },
			[]float64{1e8}, []float64{0.5e-4}, Options{}},
		{"float32", func(x []float64) float64 { return float64(float32(math.Exp(float64(float32(x[0]))))) },
			[]float64{0.5}, []float64{math.Exp(0.5)}, Options{Noise: 0x1p-22, Tolerance: 1e-3, Step: 0.1}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r, err := FiniteDifference(test.f, test.x, test.g, test.opt)
			if err != nil {
				t.Errorf("%v\n%v", err, r)
			}
			for i, c := range r.Components {
				if !(math.Abs(c.Measured-test.g[i]) <= c.Uncertainty+1e-12*math.Abs(test.g[i])) {
					t.Errorf("%s: measured %v ± %v, truth %v", c.Name, c.Measured, c.Uncertainty, test.g[i])
				}
			}
		})
	}
}

func TestWrongGradientsFail(t *testing.T) {
	for name, g := range wrongGradients() {
		t.Run(name, func(t *testing.T) {
			r, err := FiniteDifference(loss, testW, g, Options{})
			if !errors.Is(err, ErrMismatch) {
				t.Errorf("FiniteDifference: error %v\n%v", err, r)
			}
			report, err := Taylor(loss, testW, g, nil, Options{})
			if !errors.Is(err, ErrMismatch) {
				t.Errorf("Taylor: error %v\n%v", err, report)
			}
			if !(math.Abs(report.Slope-1) <= 0.1) {
				t.Errorf("Taylor: slope %v, not 1", report.Slope)
			}
		})
	}
}

func TestFiniteDifferenceNamesTheWrongComponent(t *testing.T) {
	g := lossGradient(testW, true)
	g[3] += 1e-4
	r, err := FiniteDifference(loss, testW, g, Options{Name: func(i int) string {
		return fmt.Sprintf("W[%d,%d]", i/testLatents, i%testLatents)
	}})
	if err == nil || !strings.Contains(err.Error(), "1 of 6 components, worst W[1,1]") {
		t.Errorf("error %v, want one that names W[1,1]", err)
	}
	if r.Worst.Name != "W[1,1]" || r.Worst.Verdict != Differs {
		t.Errorf("worst %+v", r.Worst)
	}
	if first := strings.Split(r.String(), "\n")[2]; !strings.HasPrefix(first, "W[1,1]") {
		t.Errorf("the table begins with %q", first)
	}
}

func TestFiniteDifferenceLeavesItsArgumentsAlone(t *testing.T) {
	x, g := clone(testW), lossGradient(testW, true)
	before := fmt.Sprint(x, g)
	if _, err := FiniteDifference(loss, x, g, Options{}); err != nil {
		t.Error(err)
	}
	if after := fmt.Sprint(x, g); after != before {
		t.Errorf("%s became %s", before, after)
	}
}

func TestFunctionsThatAllowNoVerdict(t *testing.T) {
	tests := []struct {
		name string
		f    func([]float64) float64
		g    float64
	}{
		{"a jump", func(x []float64) float64 { return math.Copysign(1, x[0]-1) + x[0] }, 1},
		{"defined at one point", func(x []float64) float64 {
			if x[0] != 1 {
				return math.NaN()
			}
			return 2
		}, 1},
		{"coarsely rounded", func(x []float64) float64 { return math.Round(math.Exp(x[0])*1e5) / 1e5 }, math.E},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r, err := FiniteDifference(test.f, []float64{1}, []float64{test.g}, Options{Noise: 1e-5})
			if !errors.Is(err, ErrUnresolved) {
				t.Errorf("error %v\n%v", err, r)
			}
		})
	}
}

func TestTaylorOrder(t *testing.T) {
	cubic := func(x []float64) float64 { return 1 + 2*x[0] + x[0]*x[0]*x[0] }
	tests := []struct {
		name         string
		f            func([]float64) float64
		x, g, d      []float64
		slope, width float64
	}{
		{"unrolled descent", loss, testW, lossGradient(testW, true), nil, 2, 0.05},
		{"unrolled descent, one argument", loss, testW, lossGradient(testW, true), []float64{0, 0, 0, 1, 0, 0}, 2, 0.05},
		{"quadratic", func(x []float64) float64 { return x[0]*x[0] + 3*x[0] }, []float64{1}, []float64{5}, []float64{1}, 2, 0.01},
		{"no curvature", cubic, []float64{0}, []float64{2}, []float64{1}, 3, 0.01},
		{"linear", func(x []float64) float64 { return 3*x[0] + 1 }, []float64{0.3}, []float64{3}, []float64{1}, math.Inf(1), 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r, err := Taylor(test.f, test.x, test.g, test.d, Options{})
			if err != nil {
				t.Fatalf("%v\n%v", err, r)
			}
			if !(r.Slope == test.slope || math.Abs(r.Slope-test.slope) <= test.width) {
				t.Errorf("slope %v, not %v\n%v", r.Slope, test.slope, r)
			}
		})
	}
}

func TestTaylorIsUnresolvedInNoise(t *testing.T) {
	f := func(x []float64) float64 { return 1 + 1e-9*x[0] }
	r, err := Taylor(f, []float64{1}, []float64{5e-9}, []float64{1}, Options{Noise: 1e-6})
	if !errors.Is(err, ErrUnresolved) {
		t.Errorf("error %v\n%v", err, r)
	}
}

func TestDirectional(t *testing.T) {
	j := waveJacobian(waveAt)
	if r, err := Directional(wave, waveAt, times(j), 3, Options{Tolerance: 1e-9}); err != nil || len(r.Components) != 12 {
		t.Errorf("right: %d components, error %v\n%v", len(r.Components), err, r)
	}
	if r, err := Directional(wave, waveAt, transposeTimes(j), 3, Options{}); !errors.Is(err, ErrMismatch) {
		t.Errorf("transposed: error %v\n%v", err, r)
	}
	j[1][2] += 1e-4
	r, err := Directional(wave, waveAt, times(j), 3, Options{})
	if !errors.Is(err, ErrMismatch) || !strings.Contains(err.Error(), "y[1]") {
		t.Errorf("one element off: error %v, want one that names y[1]\n%v", err, r)
	}
	for _, c := range r.Components {
		if wrong := strings.HasSuffix(c.Name, "y[1]"); wrong != (c.Verdict == Differs) {
			t.Errorf("%s %v", c.Name, c.Verdict)
		}
	}
}

func TestDotProduct(t *testing.T) {
	j := waveJacobian(waveAt)
	if r, err := DotProduct(times(j), transposeTimes(j), 3, 3, Options{Tolerance: 1e-14}); err != nil {
		t.Errorf("right: %v\n%v", err, r)
	}
	off := j
	off[2][0] += 1e-4
	missing := j
	missing[0][1] = 0
	for name, vjp := range map[string]func(dst, w []float64){
		"not transposed":     times(j),
		"one element off":    transposeTimes(off),
		"a missing term":     transposeTimes(missing),
		"opposite sign":      func(dst, w []float64) { transposeTimes(j)(dst, w); negate(dst) },
		"zero":               func(dst, w []float64) { clear(dst) },
		"NaN":                func(dst, w []float64) { dst[1] = math.NaN() },
		"only NaN sometimes": func(dst, w []float64) { transposeTimes(j)(dst, w); dst[0] += 0 * math.Log(w[0]) },
	} {
		if r, err := DotProduct(times(j), vjp, 3, 3, Options{}); !errors.Is(err, ErrMismatch) {
			t.Errorf("%s: error %v\n%v", name, err, r)
		}
	}
}

func negate(s []float64) {
	for i := range s {
		s[i] = -s[i]
	}
}

// Gradients that are silently zero agree with each other.
func TestDotProductOfNothing(t *testing.T) {
	zero := func(dst, v []float64) { clear(dst) }
	if _, err := DotProduct(zero, zero, 3, 2, Options{}); !errors.Is(err, ErrUnresolved) {
		t.Errorf("error %v", err)
	}
}

func TestArgumentsAreRefused(t *testing.T) {
	f := func(x []float64) float64 { return x[0] }
	nan := math.NaN()
	one := []float64{1}
	finiteDifference := func(x, g []float64, o Options) error { _, err := FiniteDifference(f, x, g, o); return err }
	taylor := func(d []float64, o Options) error { _, err := Taylor(f, one, one, d, o); return err }
	tests := []struct {
		err  error
		want string
	}{
		{finiteDifference(one, nil, Options{}), "x has 1 elements and grad 0"},
		{finiteDifference([]float64{nan}, one, Options{}), "x[0] is NaN"},
		{finiteDifference(one, []float64{math.Inf(1)}, Options{}), "grad[0] is +Inf"},
		{finiteDifference(one, one, Options{Tolerance: -1}), "Tolerance is -1"},
		{finiteDifference(one, one, Options{Step: nan}), "Step is NaN"},
		{finiteDifference(one, one, Options{Noise: math.Inf(1)}), "Noise is +Inf"},
		{finiteDifference(one, one, Options{Trials: -1}), "Trials is -1"},
		{taylor([]float64{0}, Options{}), "direction is zero"},
		{taylor([]float64{1, 2}, Options{}), "x has 1 elements and direction 2"},
		{taylor([]float64{nan}, Options{}), "direction[0] is NaN"},
		{func() error {
			_, err := FiniteDifference(func([]float64) float64 { return nan }, one, one, Options{})
			return err
		}(), "f(x) is NaN"},
		{func() error { _, err := DotProduct(nil, nil, 0, 3, Options{}); return err }(), "3×0 numbers"},
		{func() error {
			_, err := Directional(wave, waveAt, func(dst, v []float64) { dst[1] = nan }, 3, Options{})
			return err
		}(), "J·v[1] is NaN"},
	}
	for _, test := range tests {
		if test.err == nil || !strings.Contains(test.err.Error(), test.want) {
			t.Errorf("error %v, want one with %q", test.err, test.want)
		}
	}
}

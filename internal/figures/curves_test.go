package figures

import (
	"math"
	"testing"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/recorder"
)

// render draws a figure into nothing, which panics where a range is unusable.
func render(figure Figure) {
	var canvas recorder.Canvas
	figure.Draw(draw.NewCanvas(&canvas, 300, 200))
}

func TestLossCurveShowsAllIterations(t *testing.T) {
	p := LossCurve(Curve{Title: "Loss", Values: []float64{4, 2, 1}})
	render(p)
	if p.Title.Text != "Loss" || p.X.Label.Text != "outer iteration" || p.Y.Label.Text != "loss" {
		t.Errorf("title %q, axes %q and %q", p.Title.Text, p.X.Label.Text, p.Y.Label.Text)
	}
	if p.X.Min != 0 || p.X.Max != 3 {
		t.Errorf("x axis from %v to %v, not from 0 to 3", p.X.Min, p.X.Max)
	}
	if !(p.Y.Min < 1 && p.Y.Min > 0 && p.Y.Max > 4 && p.Y.Max < 5) {
		t.Errorf("y axis from %v to %v does not fit 1 to 4", p.Y.Min, p.Y.Max)
	}
}

func TestLossCurveDrawsAnything(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	tests := []struct {
		name   string
		values []float64
	}{
		{"nothing", nil},
		{"one value", []float64{2.3}},
		{"one zero", []float64{0}},
		{"a constant", []float64{2.3, 2.3, 2.3}},
		{"constant zero", []float64{0, 0}},
		{"negative values", []float64{-1, -2}},
		{"a diverged run", []float64{1, 10, 1e300, inf, nan}},
		{"only NaN", []float64{nan, nan}},
		{"huge and tiny", []float64{math.MaxFloat64, math.SmallestNonzeroFloat64}},
		{"neighbours", []float64{1, math.Nextafter(1, 2)}},
	}
	for _, test := range tests {
		for _, log := range []bool{false, true} {
			t.Run(test.name, func(t *testing.T) {
				p := LossCurve(Curve{Values: test.values, Log: log})
				render(p)
				for _, limit := range []float64{p.X.Min, p.X.Max, p.Y.Min, p.Y.Max} {
					if math.IsNaN(limit) || math.IsInf(limit, 0) {
						t.Errorf("log %v: axes %v..%v and %v..%v", log, p.X.Min, p.X.Max, p.Y.Min, p.Y.Max)
					}
				}
			})
		}
	}
}

func TestThinKeepsEndsAndSpikes(t *testing.T) {
	points := make(plotter.XYs, 100_001)
	for i := range points {
		points[i] = plotter.XY{X: float64(i), Y: 1 / float64(i+1)}
	}
	points[12_345].Y = 7
	points[54_321].Y = -7

	got := Thin(points, 500)
	if len(got) > 1002 {
		t.Errorf("%d points remain", len(got))
	}
	if got[0] != points[0] || got[len(got)-1] != points[len(points)-1] {
		t.Errorf("the ends became %v and %v", got[0], got[len(got)-1])
	}
	found := 0
	for i, p := range got {
		if i > 0 && p.X <= got[i-1].X {
			t.Fatalf("point %d at %v follows %v", i, p.X, got[i-1].X)
		}
		if p == points[12_345] || p == points[54_321] {
			found++
		}
	}
	if found != 2 {
		t.Errorf("%d of 2 spikes remain", found)
	}
	if short := Thin(points[:1000], 500); len(short) != 1000 {
		t.Errorf("a short curve lost %d points", 1000-len(short))
	}
}

func TestDescentPath(t *testing.T) {
	loss := func(y float64) float64 { return (2*y - 4) * (2*y - 4) }
	for _, path := range [][]float64{{-2.5, -1, 0, 1, 1.9}, {5, 3, 2.1}, {2}} {
		p := DescentPath("Inversion", loss, path)
		render(p)
		for _, y := range path {
			if y <= p.X.Min || y >= p.X.Max || loss(y) < p.Y.Min || loss(y) > p.Y.Max {
				t.Errorf("step %v with loss %v is outside of the axes %v..%v and %v..%v",
					y, loss(y), p.X.Min, p.X.Max, p.Y.Min, p.Y.Max)
			}
		}
	}
}

func TestDescentPathRefuses(t *testing.T) {
	for name, path := range map[string][]float64{
		"nothing": nil, "NaN": {1, math.NaN()}, "a diverged path": {1, math.Inf(1)},
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			DescentPath("", func(y float64) float64 { return y * y }, path)
		})
	}
}

func TestLearnedLine(t *testing.T) {
	y, x := []float64{-2, -1, 0, 1, 2}, []float64{-8, -6, -4, -2, 0}
	for _, a := range []float64{2, -2} {
		p := LearnedLine("Learned line", a, -4, y, x)
		render(p)
		if p.X.Min >= -2 || p.X.Max <= 2 || p.Y.Min >= -8 || p.Y.Max <= 0 {
			t.Errorf("the axes %v..%v and %v..%v cut the data off", p.X.Min, p.X.Max, p.Y.Min, p.Y.Max)
		}
	}
	render(LearnedLine("no data", 2, -4, nil, nil))

	defer func() {
		if recover() == nil {
			t.Error("no panic for 5 values of y and 4 of x")
		}
	}()
	LearnedLine("", 2, -4, y, x[:4])
}

func TestLineFormula(t *testing.T) {
	if got := lineFormula(1.99993, -3.99985); got != "x = 2.000 y − 4.000" {
		t.Errorf("%q", got)
	}
	if got := lineFormula(-0.5, 0.25); got != "x = −0.500 y + 0.250" {
		t.Errorf("%q", got)
	}
}

func TestAccuracyCurve(t *testing.T) {
	p := AccuracyCurve("Accuracy", []int{100, 200, 300}, []float64{0.5, 0.9, 0.95})
	render(p)
	if p.X.Min != 0 || p.X.Max != 300 || p.Y.Min >= 50 || p.Y.Max <= 95 {
		t.Errorf("axes %v..%v and %v..%v", p.X.Min, p.X.Max, p.Y.Min, p.Y.Max)
	}
	render(AccuracyCurve("one", []int{10}, []float64{1}))
	render(AccuracyCurve("none", nil, nil))
}

func TestInnerLoss(t *testing.T) {
	loss := []float64{8, 4, math.Inf(1), 0.5}
	for n := range loss {
		p := InnerLoss(loss, n)
		render(p)
		if p.X.Max != 3 || p.Y.Min >= 0.5 || p.Y.Max <= 8 {
			t.Errorf("after %d steps: x up to %v, y from %v to %v, want axes that fit all", n, p.X.Max, p.Y.Min, p.Y.Max)
		}
	}
	render(InnerLoss([]float64{math.NaN()}, 0))
	render(InnerLoss([]float64{1}, 0))
}

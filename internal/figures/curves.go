package figures

import (
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
)

// Curve is a loss over the outer iterations of a training.
type Curve struct {
	Title string
	// Values[i] is the loss at outer iteration i. NaN and values beyond ±1e100, and
	// on a logarithmic axis those below 1e-100, are left out.
	Values []float64
	// Log asks for a logarithmic loss axis.
	Log bool
}

// LossCurve draws c. A curve without a value to show gives empty axes.
func LossCurve(c Curve) *plot.Plot {
	p := newPlot(c.Title, "outer iteration", "loss")
	points := make(plotter.XYs, 0, len(c.Values))
	for i, v := range c.Values {
		if !(math.Abs(v) <= 1e100) || c.Log && v < 1e-100 {
			continue
		}
		points = append(points, plotter.XY{X: float64(i), Y: v})
	}
	if len(points) == 0 {
		return p
	}
	points = Thin(points, 2000)
	p.Add(line(points, Cool, vg.Points(1.4)))
	if len(points) == 1 {
		p.Add(dots(points, Cool, vg.Points(2.5)))
	}
	p.X.Max = math.Max(p.X.Max, float64(len(c.Values)))
	widen(&p.Y, c.Log)
	if c.Log {
		p.Y.Scale = plot.LogScale{}
		p.Y.Tick.Marker = logTicks{}
	}
	return p
}

// widen gives the values of an axis a little room, or any range at all.
func widen(axis *plot.Axis, log bool) {
	if log {
		margin := math.Max(math.Pow(axis.Max/axis.Min, 0.04), 1.001)
		axis.Min, axis.Max = axis.Min/margin, axis.Max*margin
		return
	}
	margin := 0.04 * (axis.Max - axis.Min)
	if margin <= 1e-12*math.Abs(axis.Max) {
		margin = math.Max(math.Abs(axis.Max)*1e-3, 1e-12)
	}
	axis.Min, axis.Max = axis.Min-margin, axis.Max+margin
}

// Thin keeps the lowest and the highest of every run of points, in order, so
// that at most 2·runs remain and no spike is lost. A curve that is short enough
// stays as it is; the ends always stay.
func Thin(points plotter.XYs, runs int) plotter.XYs {
	if len(points) <= 2*runs {
		return points
	}
	kept := make(plotter.XYs, 0, 2*runs+2)
	kept = append(kept, points[0])
	for r := range runs {
		from, to := 1+r*(len(points)-2)/runs, 1+(r+1)*(len(points)-2)/runs
		low, high := from, from
		for i := from; i < to; i++ {
			if points[i].Y < points[low].Y {
				low = i
			}
			if points[i].Y > points[high].Y {
				high = i
			}
		}
		kept = append(kept, points[min(low, high)])
		if low != high {
			kept = append(kept, points[max(low, high)])
		}
	}
	return append(kept, points[len(points)-1])
}

// DescentPath draws a scalar inversion: the inner loss as a function of the
// latent y, and on it the values path[0], path[1], … that the inner steps went
// through. It panics if the path is empty or holds a value that is not finite.
func DescentPath(title string, loss func(y float64) float64, path []float64) *plot.Plot {
	if len(path) == 0 {
		panic("figures: DescentPath: the path is empty")
	}
	steps := make(plotter.XYs, len(path))
	low, high := path[0], path[0]
	for i, y := range path {
		steps[i] = plotter.XY{X: y, Y: loss(y)}
		if bad := steps[i].X - steps[i].X + steps[i].Y - steps[i].Y; bad != 0 {
			panic(fmt.Sprintf("figures: DescentPath: step %d is at y = %v with loss %v", i, y, steps[i].Y))
		}
		low, high = min(low, y), max(high, y)
	}

	// The curve goes on beyond the path, far enough to show the valley.
	margin := math.Max(0.25*(high-low), 1e-3*math.Max(1, math.Abs(high)))
	curve := make(plotter.XYs, 401)
	for i := range curve {
		y := low - margin + float64(i)/float64(len(curve)-1)*(high-low+2*margin)
		curve[i] = plotter.XY{X: y, Y: loss(y)}
	}

	p := newPlot(title, "latent y", "inner loss")
	valley, descent := line(curve, Cool, vg.Points(1.4)), line(steps, Warm, vg.Points(0.9))
	marks := dots(steps, Warm, vg.Points(2.6))
	p.Add(valley, descent, marks)
	p.Legend.Add("inner loss", valley)
	p.Legend.Add(fmt.Sprintf("path of %d steps", len(path)-1), descent, marks)
	placeLegend(p, path[0] > path[len(path)-1])
	widen(&p.Y, false)
	return p
}

// LearnedLine draws the line x = a·y + b over the observations (y[i], x[i]). It
// panics if y and x differ in length.
func LearnedLine(title string, a, b float64, y, x []float64) *plot.Plot {
	if len(y) != len(x) {
		panic(fmt.Sprintf("figures: LearnedLine: %d values of y and %d of x", len(y), len(x)))
	}
	observed := make(plotter.XYs, len(y))
	low, high := -1.0, 1.0
	for i := range y {
		observed[i] = plotter.XY{X: y[i], Y: x[i]}
		if i == 0 {
			low, high = y[0], y[0]
		}
		low, high = min(low, y[i]), max(high, y[i])
	}
	margin := math.Max(0.12*(high-low), 1e-3)
	low, high = low-margin, high+margin

	p := newPlot(title, "latent y", "observation x")
	fit := line(plotter.XYs{{X: low, Y: a*low + b}, {X: high, Y: a*high + b}}, Cool, vg.Points(1.4))
	marks := dots(observed, Warm, vg.Points(3.4))
	p.Add(fit, marks)
	p.Legend.Add("data", marks)
	p.Legend.Add(lineFormula(a, b), fit)
	placeLegend(p, a >= 0)
	widen(&p.Y, false)
	return p
}

// placeLegend puts the legend into the upper corner that the curve leaves free.
func placeLegend(p *plot.Plot, left bool) {
	p.Legend.Top, p.Legend.Left = true, left
	p.Legend.XOffs, p.Legend.YOffs = vg.Points(-6), vg.Points(-4)
	if left {
		p.Legend.XOffs = -p.Legend.XOffs
	}
}

func lineFormula(a, b float64) string {
	sign := "+"
	if b < 0 {
		sign = "−"
	}
	formula := fmt.Sprintf("x = %.3f y %s %.3f", a, sign, math.Abs(b))
	return strings.Replace(formula, "-", "−", 1)
}

// AccuracyCurve draws accuracies, from 0 to 1, after the given numbers of outer
// iterations, in per cent. It panics if the two differ in length.
func AccuracyCurve(title string, steps []int, values []float64) *plot.Plot {
	if len(steps) != len(values) {
		panic(fmt.Sprintf("figures: AccuracyCurve: %d steps and %d values", len(steps), len(values)))
	}
	p := newPlot(title, "outer iteration", "accuracy in %")
	points := make(plotter.XYs, len(values))
	for i, v := range values {
		points[i] = plotter.XY{X: float64(steps[i]), Y: 100 * v}
	}
	if len(points) == 0 {
		return p
	}
	p.Add(line(points, Cool, vg.Points(1.4)), dots(points, Cool, vg.Points(2)))
	p.X.Min = 0
	widen(&p.Y, false)
	return p
}

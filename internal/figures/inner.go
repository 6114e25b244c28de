package figures

import (
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
)

// InnerLoss draws the loss[0], loss[1], … loss[n] of the first n steps of an
// inversion, on axes that fit all of them; the rest of the curve is faint. The
// axis is logarithmic where the loss falls by more than a factor of ten and stays
// above zero. Values that are not finite are left out. It panics when there is no
// loss[n].
func InnerLoss(loss []float64, n int) *plot.Plot {
	_ = loss[n]
	p := newPlot("", "inner step n", "")
	log := SpansDecade(loss)
	var all, done plotter.XYs
	for i, v := range loss {
		if !(math.Abs(v) <= 1e100) {
			continue
		}
		all = append(all, plotter.XY{X: float64(i), Y: v})
		if i <= n {
			done = all[:len(all):len(all)]
		}
	}
	if len(all) == 0 {
		return p
	}
	p.Add(line(Thin(all, 2000), Border, vg.Points(0.7)))
	if len(done) > 0 {
		p.Add(line(Thin(done, 2000), Cool, vg.Points(1.8)), dots(done[len(done)-1:], Warm, vg.Points(4)))
	}
	p.X.Max = math.Max(p.X.Max, 1)
	widen(&p.Y, log)
	if log {
		p.Y.Scale = plot.LogScale{}
		p.Y.Tick.Marker = logTicks{}
	}
	return p
}

// SpansDecade reports whether a logarithmic axis shows values better: all are
// positive, and the largest is more than ten times the smallest.
func SpansDecade(values []float64) bool {
	low, high := math.Inf(1), 0.0
	for _, v := range values {
		low, high = min(low, v), max(high, v)
	}
	return low > 0 && high > 10*low
}

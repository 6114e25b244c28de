package report

import (
	"fmt"
	"html"
	"html/template"
	"math"
	"strings"

	"gonum.org/v1/plot/plotter"

	"github.com/inversenet/inversenet/internal/experiment"
	"github.com/inversenet/inversenet/internal/figures"
)

// chart draws curves as inline SVG whose colours come from the page's style.
type chart struct {
	b            strings.Builder
	xLow, xHigh  float64
	yLow, yHigh  float64
	log          bool
	title        string
	xName, yName string
}

// Size and margins of a chart, in its own units.
const (
	chartWidth, chartHeight              = 460, 270
	marginLeft, marginRight, marginAbove = 58, 24, 14
	marginBelow                          = 44
)

func (c *chart) x(v float64) float64 {
	return marginLeft + (v-c.xLow)/(c.xHigh-c.xLow)*(chartWidth-marginLeft-marginRight)
}

func (c *chart) y(v float64) float64 {
	low, high := c.yLow, c.yHigh
	if c.log {
		v, low, high = math.Log(v), math.Log(low), math.Log(high)
	}
	return chartHeight - marginBelow - (v-low)/(high-low)*(chartHeight-marginAbove-marginBelow)
}

// begin draws the axes.
func (c *chart) begin() {
	fmt.Fprintf(&c.b, `<svg class="chart" viewBox="0 0 %d %d" role="img" aria-label="%s">`,
		chartWidth, chartHeight, html.EscapeString(c.title))
	for _, t := range figures.Ticks(c.yLow, c.yHigh, c.log) {
		y := c.y(t.Value)
		fmt.Fprintf(&c.b, `<path class="grid" d="M%d %.1fH%d"/><text class="end" x="%d" y="%.1f">%s</text>`,
			marginLeft, y, chartWidth-marginRight, marginLeft-7, y+4, t.Label)
	}
	for _, t := range figures.Ticks(c.xLow, c.xHigh, false) {
		x := c.x(t.Value)
		fmt.Fprintf(&c.b, `<path class="grid" d="M%.1f %dV%d"/><text class="mid" x="%.1f" y="%d">%s</text>`,
			x, marginAbove, chartHeight-marginBelow, x, chartHeight-marginBelow+18, t.Label)
	}
	fmt.Fprintf(&c.b, `<path class="axis" d="M%d %dV%dH%d"/>`,
		marginLeft, marginAbove, chartHeight-marginBelow, chartWidth-marginRight)
	fmt.Fprintf(&c.b, `<text class="mid name" x="%d" y="%d">%s</text>`,
		(marginLeft+chartWidth-marginRight)/2, chartHeight-6, html.EscapeString(c.xName))
	fmt.Fprintf(&c.b, `<text class="mid name" transform="translate(13 %d) rotate(-90)">%s</text>`,
		(marginAbove+chartHeight-marginBelow)/2, html.EscapeString(c.yName))
}

// line draws points, thinned to what can be told apart.
func (c *chart) line(class string, points plotter.XYs) {
	fmt.Fprintf(&c.b, `<path class="line %s" d="`, class)
	for i, p := range figures.Thin(points, 400) {
		command := 'L'
		if i == 0 {
			command = 'M'
		}
		fmt.Fprintf(&c.b, "%c%.1f %.1f", command, c.x(p.X), c.y(p.Y))
	}
	c.b.WriteString(`"/>`)
	if len(points) == 1 {
		c.dot(class, points[0].X, points[0].Y, 3, "")
	}
}

func (c *chart) dot(class string, x, y, radius float64, title string) {
	fmt.Fprintf(&c.b, `<circle class="dot %s" cx="%.1f" cy="%.1f" r="%.1f"><title>%s</title></circle>`,
		class, c.x(x), c.y(y), radius, html.EscapeString(title))
}

// end gives the chart: its texts were escaped where they were written.
func (c *chart) end() template.HTML {
	c.b.WriteString("</svg>")
	return template.HTML(c.b.String())
}

// fit sets the axes to hold all points with a little room above and below.
func (c *chart) fit(curves ...plotter.XYs) (any bool) {
	c.xLow, c.xHigh = 0, 1
	c.yLow, c.yHigh = math.Inf(1), math.Inf(-1)
	for _, points := range curves {
		for _, p := range points {
			c.xHigh = max(c.xHigh, p.X)
			c.yLow, c.yHigh = min(c.yLow, p.Y), max(c.yHigh, p.Y)
			any = true
		}
	}
	if c.log {
		room := math.Max(math.Pow(c.yHigh/c.yLow, 0.04), 1.001)
		c.yLow, c.yHigh = c.yLow/room, c.yHigh*room
		return any
	}
	room := math.Max(0.05*(c.yHigh-c.yLow), math.Max(1e-3*math.Abs(c.yHigh), 1e-12))
	c.yLow, c.yHigh = c.yLow-room, c.yHigh+room
	return any
}

// lossChart draws the finite losses; none is no chart.
func lossChart(loss []float64) template.HTML {
	c := chart{title: "loss over the updates", xName: "update", yName: "loss", log: figures.SpansDecade(loss)}
	var points plotter.XYs
	for i, v := range loss {
		if math.Abs(v) <= 1e100 {
			points = append(points, plotter.XY{X: float64(i), Y: v})
		}
	}
	if !c.fit(points) {
		return ""
	}
	c.xHigh = float64(len(loss))
	c.begin()
	c.line("a", points)
	return c.end()
}

// accuracyChart draws accuracies in per cent.
func accuracyChart(curves []Curve) template.HTML {
	c := chart{title: "accuracy over the updates", xName: "update", yName: "accuracy in %"}
	all := make([]plotter.XYs, len(curves))
	for i, curve := range curves {
		for j, v := range curve.Values {
			if v >= 0 && v <= 1 {
				all[i] = append(all[i], plotter.XY{X: float64(curve.Steps[j]), Y: 100 * v})
			}
		}
	}
	if !c.fit(all...) {
		return ""
	}
	c.yHigh = min(c.yHigh, 101)
	c.begin()
	for i, points := range all {
		c.line(series(i), points)
	}
	return c.end()
}

// series is the class of curve i.
func series(i int) string { return string(rune('a' + i%4)) }

// calibrationChart draws how often readings were right against how sure they
// were; the diagonal would be perfect. A dot's area is the number of readings.
func calibrationChart(bins []experiment.Bin) template.HTML {
	c := chart{title: "calibration", xName: "probability given, in %", yName: "right, in %"}
	c.xHigh, c.yHigh = 100, 100
	most := 1
	for _, b := range bins {
		most = max(most, b.Count)
	}
	c.begin()
	fmt.Fprintf(&c.b, `<path class="ideal" d="M%.1f %.1fL%.1f %.1f"/>`, c.x(0), c.y(0), c.x(100), c.y(100))
	for _, b := range bins {
		if b.Count > 0 {
			title := fmt.Sprintf("%d readings at %.1f %%, %.1f %% of them right", b.Count, 100*b.Confidence, 100*b.Accuracy)
			radius := 3 + 9*math.Sqrt(float64(b.Count)/float64(most))
			c.dot("a", 100*b.Confidence, 100*b.Accuracy, radius, title)
		}
	}
	return c.end()
}

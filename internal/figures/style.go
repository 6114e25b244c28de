// Package figures draws what a training and a model show: curves, grids of grey
// images, atoms, confusion matrices, inversions under way, as files and in the
// cells of a terminal. It says what all of them look like: colours, letters,
// ticks.
package figures

import (
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Colours of all figures, readable side by side also in grey and by the
// colour-blind.
var (
	Ink    = color.NRGBA{0x26, 0x2b, 0x33, 0xff} // text
	Faint  = color.NRGBA{0xe4, 0xe7, 0xec, 0xff} // grid
	Border = color.NRGBA{0x9a, 0xa3, 0xae, 0xff} // axis lines
	Cool   = color.NRGBA{0x1f, 0x66, 0xb0, 0xff} // curves
	Warm   = color.NRGBA{0xd9, 0x5f, 0x0e, 0xff} // what moves, or was measured
)

// TextStyle is how figures write: letters of the given size, in bold or not,
// whose centre is at the point that they are drawn at.
func TextStyle(size vg.Length, bold bool, c color.Color) draw.TextStyle {
	return draw.TextStyle{
		Color: c, Font: sans(size, bold), Handler: plot.DefaultTextHandler,
		XAlign: draw.XCenter, YAlign: draw.YCenter,
	}
}

func sans(size vg.Length, bold bool) font.Font {
	f := font.From(font.Font{Typeface: "Liberation", Variant: "Sans"}, size)
	if bold {
		f.Weight = 3 // the weight that the Liberation collection calls bold
	}
	return f
}

// newPlot returns an empty plot in the common style, grid included.
func newPlot(title, xLabel, yLabel string) *plot.Plot {
	p := plot.New()
	p.Title.Text = title
	p.Title.TextStyle.Font = sans(13, true)
	p.Title.TextStyle.Color = Ink
	p.Title.Padding = vg.Points(10)

	p.X.Label.Text, p.Y.Label.Text = xLabel, yLabel
	for _, axis := range []*plot.Axis{&p.X, &p.Y} {
		axis.Label.TextStyle.Font = sans(11, false)
		axis.Label.TextStyle.Color = Ink
		axis.Label.Padding = vg.Points(6)
		axis.Tick.Label.Font = sans(10, false)
		axis.Tick.Label.Color = Ink
		axis.Tick.LineStyle = draw.LineStyle{Color: Border, Width: vg.Points(0.6)}
		axis.Tick.Length = vg.Points(4)
		axis.Tick.Marker = roundTicks{}
		axis.LineStyle = draw.LineStyle{Color: Border, Width: vg.Points(0.6)}
		axis.Padding = 0
	}

	p.Legend.TextStyle.Font = sans(10, false)
	p.Legend.TextStyle.Color = Ink
	p.Legend.Padding = vg.Points(4)
	p.Legend.YPosition = draw.PosCenter

	grid := plotter.NewGrid()
	grid.Horizontal = draw.LineStyle{Color: Faint, Width: vg.Points(0.6)}
	grid.Vertical = grid.Horizontal
	p.Add(grid)
	return p
}

func line(points plotter.XYs, c color.Color, width vg.Length) *plotter.Line {
	return &plotter.Line{XYs: points, LineStyle: draw.LineStyle{Color: c, Width: width}}
}

// dots draws filled circles with a thin white rim, so that neighbours stay apart.
func dots(points plotter.XYs, c color.Color, radius vg.Length) *plotter.Scatter {
	return &plotter.Scatter{
		XYs:        points,
		GlyphStyle: draw.GlyphStyle{Color: c, Radius: radius, Shape: rimmed{}},
	}
}

type rimmed struct{}

// DrawGlyph implements draw.GlyphDrawer.
func (rimmed) DrawGlyph(c *draw.Canvas, style draw.GlyphStyle, at vg.Point) {
	var filled draw.CircleGlyph
	rim := style
	rim.Color, rim.Radius = color.White, style.Radius+vg.Points(0.8)
	filled.DrawGlyph(c, rim, at)
	filled.DrawGlyph(c, style, at)
}

package figures

import (
	"fmt"
	"image/color"
	"math"
	"strconv"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Confusion is the picture of a confusion matrix, a [Figure].
type Confusion struct {
	// Counts[i][j] is how many samples of class i were read as class j.
	Counts [][]int
	// Classes names the classes; nil numbers them from 0.
	Classes []string
}

const (
	confusionLeft   = vg.Length(46) // room for labels
	confusionTop    = vg.Length(46)
	confusionRight  = vg.Length(58) // and for the share that was read correctly
	confusionBottom = vg.Length(6)
)

// cellSize is the edge of a cell: smaller where there are many.
func (c Confusion) cellSize() vg.Length {
	return vg.Length(math.Round(min(28, max(6, 560/float64(len(c.Counts))))))
}

// Size is how large the figure wants to be, with the margin that this package
// leaves.
func (c Confusion) Size() (w, h vg.Length) {
	cells := vg.Length(len(c.Counts)) * c.cellSize()
	return confusionLeft + cells + confusionRight + 20, confusionTop + cells + confusionBottom + 20
}

// Draw implements Figure. It panics when the counts are not a square.
func (c Confusion) Draw(canvas draw.Canvas) {
	n, cell := len(c.Counts), c.cellSize()
	left, top := canvas.Min.X+confusionLeft, canvas.Max.Y-confusionTop
	mistakes := c.mostMistakes()
	small := TextStyle(min(11, 0.42*cell+1), false, Ink)
	for i, row := range c.Counts {
		if len(row) != n {
			panic(fmt.Sprintf("figures: Confusion: row %d of %d classes has %d counts", i, n, len(row)))
		}
		total := 0
		for _, count := range row {
			total += count
		}
		y := top - vg.Length(i)*cell
		for j, count := range row {
			fill, text := cellColours(count, total, mistakes, i == j)
			x := left + vg.Length(j)*cell
			canvas.FillPolygon(fill, box(x, y, cell-1))
			if cell >= 16 && count > 0 {
				style := small
				style.Color = text
				canvas.FillText(style, vg.Point{X: x + (cell-1)/2, Y: y - (cell-1)/2}, strconv.Itoa(count))
			}
		}
		if cell >= 10 {
			c.describe(canvas, i, total, left, top, small)
		}
	}
	bold := TextStyle(11, true, Ink)
	middle := vg.Length(n) * cell / 2
	canvas.FillText(bold, vg.Point{X: left + middle, Y: top + 33}, "read as")
	canvas.FillText(small, vg.Point{X: left + vg.Length(n)*cell + 29, Y: top + 12}, "correct")
	bold.Rotation = math.Pi / 2
	canvas.FillText(bold, vg.Point{X: left - 36, Y: top - middle}, "label")
}

// describe names class i at the left and the top, and says at the right which
// share of it was read correctly.
func (c Confusion) describe(canvas draw.Canvas, i, total int, left, top vg.Length, style draw.TextStyle) {
	n, cell := vg.Length(len(c.Counts)), c.cellSize()
	along := vg.Length(i)*cell + (cell-1)/2
	canvas.FillText(style, vg.Point{X: left + along, Y: top + 12}, c.name(i))
	right := style
	right.XAlign = draw.XRight
	canvas.FillText(right, vg.Point{X: left - 9, Y: top - along}, c.name(i))
	if total > 0 {
		share := fmt.Sprintf("%.1f %%", 100*float64(c.Counts[i][i])/float64(total))
		canvas.FillText(right, vg.Point{X: left + n*cell + 48, Y: top - along}, share)
	}
}

func (c Confusion) name(i int) string {
	if i < len(c.Classes) {
		return c.Classes[i]
	}
	return strconv.Itoa(i)
}

// mostMistakes is the largest count off the diagonal.
func (c Confusion) mostMistakes() (most int) {
	for i, row := range c.Counts {
		for j, count := range row {
			if i != j {
				most = max(most, count)
			}
		}
	}
	return most
}

// cellColours are blue for what was read correctly and orange for mistakes, which
// are scaled among themselves: few as they are, they are what one looks for.
func cellColours(count, total, mistakes int, correct bool) (fill, text color.Color) {
	const pale = 0.12
	strength, full, dark := 0.0, Cool, 0.55
	switch {
	case count == 0:
		return color.NRGBA{0xf4, 0xf5, 0xf7, 0xff}, Ink
	case correct:
		strength = float64(count) / float64(total)
	default:
		full, dark = Warm, 0.85
		strength = math.Sqrt(float64(count) / float64(max(mistakes, 3)))
	}
	strength = pale + (1-pale)*strength
	mix := func(to uint8) uint8 { return uint8(math.Round(255 + strength*(float64(to)-255))) }
	text = Ink
	if strength > dark {
		text = color.White
	}
	return color.NRGBA{mix(full.R), mix(full.G), mix(full.B), 0xff}, text
}

// box is the square of the given edge below and to the right of (x, y).
func box(x, y, edge vg.Length) []vg.Point {
	return []vg.Point{{X: x, Y: y}, {X: x + edge, Y: y}, {X: x + edge, Y: y - edge}, {X: x, Y: y - edge}}
}

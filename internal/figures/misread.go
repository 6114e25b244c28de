package figures

import (
	"fmt"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Reading is an image, what a model generated from the latent that it found for
// it, and what it read.
type Reading struct {
	Row              int
	Image, Generated []float64
	Label, Class     string
	Probability      float64 // that the model gave to Class, from 0 to 1
}

// Misread is the picture of images that were misread, each beside what the model
// generated, a [Figure].
type Misread struct {
	Shape    Shape
	Readings []Reading
	Columns  int // pairs in a row; 0 stands for up to 5
}

const (
	readingImage   = vg.Length(56) // the longer edge of an image
	readingBetween = vg.Length(3)  // image and generated
	readingPadding = vg.Length(14) // readings
	readingCaption = vg.Length(30)
)

// scale is the number of PNG pixels for each of an image.
func (m Misread) scale() int {
	dots := int(readingImage * DotsPerInch / 72)
	return max(1, dots/max(m.Shape.Height, m.Shape.Width))
}

// tile is the size of an image on the figure: whole pixels of a PNG.
func (m Misread) tile() (w, h vg.Length) {
	unit := vg.Length(m.scale()) * 72 / DotsPerInch
	return unit * vg.Length(m.Shape.Width), unit * vg.Length(m.Shape.Height)
}

func (m Misread) columns() int {
	if m.Columns > 0 {
		return m.Columns
	}
	return max(1, min(5, len(m.Readings)))
}

// step is the distance from one reading to the next.
func (m Misread) step() (w, h vg.Length) {
	tileW, tileH := m.tile()
	return max(2*tileW+readingBetween, 96) + readingPadding, tileH + readingCaption + readingPadding
}

// Size is how large the figure wants to be, with the margin that this package
// leaves.
func (m Misread) Size() (w, h vg.Length) {
	stepX, stepY := m.step()
	columns := m.columns()
	rows := max(1, (len(m.Readings)+columns-1)/columns)
	return vg.Length(columns)*stepX - readingPadding + 20, vg.Length(rows)*stepY - readingPadding + 20
}

// Draw implements Figure. It panics when an image is not of the shape.
func (m Misread) Draw(canvas draw.Canvas) {
	stepX, stepY := m.step()
	if len(m.Readings) == 0 {
		canvas.FillText(TextStyle(12, false, Ink), canvas.Center(), "none misread")
		return
	}
	for i, r := range m.Readings {
		at := vg.Point{
			X: canvas.Min.X + vg.Length(i%m.columns())*stepX,
			Y: canvas.Max.Y - vg.Length(i/m.columns())*stepY,
		}
		m.drawReading(canvas, r, at)
	}
}

func (m Misread) drawReading(canvas draw.Canvas, r Reading, at vg.Point) {
	w, h := m.tile()
	stepX, _ := m.step()
	middle := at.X + (stepX-readingPadding)/2
	left := middle - w - readingBetween/2
	left -= vg.Length(int(left*2)%2) / 2 // on a whole pixel
	for i, values := range [][]float64{r.Image, r.Generated} {
		x := left + vg.Length(i)*(w+readingBetween)
		canvas.DrawImage(vg.Rectangle{
			Min: vg.Point{X: x, Y: at.Y - h},
			Max: vg.Point{X: x + w, Y: at.Y},
		}, Tile(values, m.Shape, 0, 0, m.scale()))
	}
	canvas.FillText(TextStyle(12, true, Ink), vg.Point{X: middle, Y: at.Y - h - 10},
		fmt.Sprintf("%s → %s", r.Label, r.Class))
	canvas.FillText(TextStyle(9, false, Ink), vg.Point{X: middle, Y: at.Y - h - 23},
		fmt.Sprintf("row %d, %.0f %%", r.Row, 100*r.Probability))
}

package figures

import (
	"fmt"
	"image"
	"image/draw"
	"math"
	"strconv"
	"time"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	vgdraw "gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

// Inversion is the way that the inner steps took from z₀ to z_N for one image.
type Inversion struct {
	Shape  Shape
	Target []float64
	// Generated[n] is G(z_n), Loss[n] the inner loss there, for n = 0 … N.
	Generated [][]float64
	Loss      []float64
	// Probabilities[n][c] is what the model, after n steps, gives to class c. nil
	// leaves them out.
	Probabilities [][]float64
	Classes       []string // nil numbers them from 0
}

func (v Inversion) check() {
	n := len(v.Generated)
	if n == 0 || len(v.Loss) != n || v.Probabilities != nil && len(v.Probabilities) != n {
		panic(fmt.Sprintf("figures: Inversion: %d images, %d losses and %d probabilities, want one of each for every step",
			n, len(v.Loss), len(v.Probabilities)))
	}
	v.Shape.check("Inversion", v.Target)
	for _, g := range v.Generated {
		v.Shape.check("Inversion", g)
	}
}

// Moments are at most most of the steps 0 … steps, the first and the last among
// them, dense at the start, where most happens.
func Moments(steps, most int) []int {
	most = max(most, 2)
	moments := []int{0}
	for i := 1; i < most && moments[len(moments)-1] < steps; i++ {
		part := float64(i) / float64(most-1)
		n := int(math.Round(float64(steps) * part * part))
		moments = append(moments, min(max(n, moments[len(moments)-1]+1), steps))
	}
	return moments
}

// Animate draws the inversion at the given steps: the target, what is generated
// from z_n, the loss so far, and the probabilities. The last stays for a while.
// It panics when the parts of v do not fit each other.
func (v Inversion) Animate(moments []int) *Animation {
	v.check()
	var a Animation
	for i, n := range moments {
		// All steps together take about three seconds.
		delay := min(max(3*time.Second/time.Duration(len(moments)), 80*time.Millisecond), 400*time.Millisecond)
		switch i {
		case 0:
			delay = 800 * time.Millisecond
		case len(moments) - 1:
			delay = 2500 * time.Millisecond
		}
		a.Add(v.Frame(n), delay)
	}
	return &a
}

// Layout of a frame, in pixels.
const (
	frameMargin  = 16
	frameHeight  = 228
	frameTile    = 168 // an image is at most this wide and high
	frameCaption = 24  // above the images
	frameCurve   = 268
	frameBars    = 150
)

// Frame draws the inversion after n steps.
func (v Inversion) Frame(n int) image.Image {
	scale := max(1, frameTile/max(v.Shape.Height, v.Shape.Width))
	tileW := max(v.Shape.Width*scale, 110)
	width := frameMargin + 2*(tileW+frameMargin) + frameCurve + frameMargin
	if v.Probabilities != nil {
		width += frameBars + frameMargin
	}
	canvas := vgimg.NewWith(vgimg.UseWH(vg.Length(width), frameHeight), vgimg.UseDPI(72))
	c := vgdraw.New(canvas)
	picture := canvas.Image()

	low, high := v.span()
	x := frameMargin
	v.tile(picture, c, x, tileW, Tile(v.Target, v.Shape, 0, 0, scale), "target x")
	x += tileW + frameMargin
	v.tile(picture, c, x, tileW, Tile(v.Generated[n], v.Shape, low, high, scale), "generated G(z)")
	v.stepCaption(c, x+tileW/2, n)
	x += tileW + frameMargin
	c.FillText(TextStyle(12, true, Ink), vg.Point{X: vg.Length(x) + frameCurve/2 + 16, Y: frameHeight - 19}, "inner loss")
	curve := part(c, x, frameCurve)
	curve.Max.Y -= 22
	v.curve(n).Draw(curve)
	x += frameCurve + frameMargin
	if v.Probabilities != nil {
		v.bars(part(c, x, frameBars), v.Probabilities[n])
	}
	return picture
}

// span is the scale of all generated images: the target's, so that the two can be
// compared, unless the generated ones stay so far below it that nothing would show.
func (v Inversion) span() (low, high float64) {
	low, high = span(v.Target)
	least, greatest := span(v.Generated[0])
	for _, g := range v.Generated[1:] {
		a, b := span(g)
		least, greatest = min(least, a), max(greatest, b)
	}
	if greatest-least < (high-low)/3 {
		return least, greatest
	}
	return low, high
}

// part is the columns of c from x on, with a margin above and below.
func part(c vgdraw.Canvas, x, width int) vgdraw.Canvas {
	return vgdraw.Canvas{Canvas: c.Canvas, Rectangle: vg.Rectangle{
		Min: vg.Point{X: vg.Length(x), Y: 8},
		Max: vg.Point{X: vg.Length(x + width), Y: frameHeight - 8},
	}}
}

// tile puts an image under a caption, in a column of the given width.
func (v Inversion) tile(picture draw.Image, c vgdraw.Canvas, x, width int, tile image.Image, caption string) {
	at := image.Pt(x+(width-tile.Bounds().Dx())/2, frameCaption+8)
	draw.Draw(picture, tile.Bounds().Add(at), tile, image.Point{}, draw.Src)
	style := TextStyle(12, true, Ink)
	c.FillText(style, vg.Point{X: vg.Length(x) + vg.Length(width)/2, Y: frameHeight - 19}, caption)
}

func (v Inversion) stepCaption(c vgdraw.Canvas, x, n int) {
	style := TextStyle(12, false, Ink)
	c.FillText(style, vg.Point{X: vg.Length(x), Y: 14}, fmt.Sprintf("step %d of %d", n, len(v.Loss)-1))
}

func (v Inversion) curve(n int) *plot.Plot { return InnerLoss(v.Loss, n) }

// bars draws the probabilities as horizontal bars, the largest in the colour of
// what moves.
func (v Inversion) bars(c vgdraw.Canvas, probabilities []float64) {
	const top, labelWidth, numberWidth = 24, 18, 38
	count := len(probabilities)
	height := (c.Max.Y - c.Min.Y - top) / vg.Length(max(count, 1))
	c.FillText(TextStyle(12, true, Ink), vg.Point{X: (c.Min.X + c.Max.X) / 2, Y: frameHeight - 19}, "probability")
	largest := 0
	for i, p := range probabilities {
		if p > probabilities[largest] {
			largest = i
		}
	}
	style := TextStyle(min(11, height-2), false, Ink)
	for i, p := range probabilities {
		middle := c.Max.Y - top - (vg.Length(i)+0.5)*height
		name := strconv.Itoa(i)
		if i < len(v.Classes) {
			name = v.Classes[i]
		}
		fill := Cool
		if i == largest {
			fill = Warm
		}
		full := c.Max.X - c.Min.X - labelWidth - numberWidth
		length := max(1, full*vg.Length(level(p, 0, 1)))
		left, half := c.Min.X+labelWidth, max(1, height/2-2)
		c.FillPolygon(Faint, bar(left, middle, full, half))
		c.FillPolygon(fill, bar(left, middle, length, half))
		if height >= 9 {
			c.FillText(style, vg.Point{X: c.Min.X + labelWidth/2, Y: middle}, name)
			number := style
			number.XAlign = vgdraw.XRight
			c.FillText(number, vg.Point{X: c.Max.X, Y: middle}, fmt.Sprintf("%.0f %%", 100*p))
		}
	}
}

func bar(left, middle, length, half vg.Length) []vg.Point {
	return []vg.Point{
		{X: left, Y: middle + half}, {X: left + length, Y: middle + half},
		{X: left + length, Y: middle - half}, {X: left, Y: middle - half},
	}
}

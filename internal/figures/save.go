package figures

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"io"

	"github.com/inversenet/inversenet/internal/atomicfile"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"
)

// DotsPerInch is the resolution of PNG figures: a figure of w by h points has
// w·DotsPerInch/72 by h·DotsPerInch/72 pixels.
const DotsPerInch = 144

// Figure is what can be saved: a *plot.Plot or a Row of them.
type Figure interface {
	Draw(draw.Canvas)
}

// Row is a figure of plots side by side, all of the same width.
type Row []*plot.Plot

// Draw implements Figure.
func (r Row) Draw(c draw.Canvas) {
	tiles := draw.Tiles{Rows: 1, Cols: len(r), PadX: vg.Points(22)}
	for i, p := range r {
		p.Draw(tiles.At(c, i, 0))
	}
}

// SavePNG writes figure to path as a PNG of w by h points. The file appears
// whole or not at all, as with the other Save functions; see atomicfile.Write.
func SavePNG(path string, figure Figure, w, h vg.Length) error {
	canvas := vgimg.NewWith(vgimg.UseWH(w, h), vgimg.UseDPI(DotsPerInch))
	return save(path, figure, vgimg.PngCanvas{Canvas: canvas})
}

// SaveSVG writes figure to path as an SVG of w by h points. Its text is set in
// Liberation Sans or, where that is missing, in a face of the same widths.
func SaveSVG(path string, figure Figure, w, h vg.Length) error {
	return save(path, figure, fallbackFonts{vgsvg.New(w, h)})
}

// fallbackFonts adds to vgsvg's only font family those to use in its place.
type fallbackFonts struct{ *vgsvg.Canvas }

// WriteTo implements io.WriterTo.
func (c fallbackFonts) WriteTo(w io.Writer) (int64, error) {
	var svg bytes.Buffer
	if _, err := c.Canvas.WriteTo(&svg); err != nil {
		return 0, err
	}
	named := bytes.ReplaceAll(svg.Bytes(),
		[]byte("font-family:Liberation Sans;"),
		[]byte("font-family:'Liberation Sans',Arial,Helvetica,sans-serif;"))
	n, err := w.Write(named)
	return int64(n), err
}

func save(path string, figure Figure, canvas vg.CanvasWriterTo) error {
	const margin = 10
	c := draw.New(canvas)
	figure.Draw(draw.Crop(c, margin, -margin, margin, -margin))
	return atomicfile.Write(path, 0o666, func(w io.Writer) error {
		_, err := canvas.WriteTo(w)
		return err
	})
}

// SaveImage writes img to path as a PNG.
func SaveImage(path string, img image.Image) error {
	if img.Bounds().Empty() {
		return fmt.Errorf("cannot write %s: the image has no pixels", path)
	}
	return atomicfile.Write(path, 0o666, func(w io.Writer) error {
		return png.Encode(w, img)
	})
}

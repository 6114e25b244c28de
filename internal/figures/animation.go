package figures

import (
	"errors"
	"image"
	"image/color"
	"image/gif"
	"io"
	"time"
)

// Animation is a series of pictures of one size, in at most 255 colours, that
// plays in a loop. The zero value is empty.
type Animation struct {
	size   image.Point
	colour palette
	last   *image.Paletted // the whole picture at the end of frames
	frames []frame
}

// frame is the part of a picture that differs from the one before; index 0 is
// transparent.
type frame struct {
	*image.Paletted
	delay time.Duration
}

// Add appends a picture that is shown for the given time. It panics when its size
// is not that of the first.
func (a *Animation) Add(img image.Image, delay time.Duration) {
	if a.last == nil {
		a.size = img.Bounds().Size()
		a.colour = newPalette()
	}
	if img.Bounds().Size() != a.size {
		panic("figures: Animation: pictures of different sizes")
	}
	next := a.colour.convert(img)
	a.frames = append(a.frames, frame{difference(a.last, next), delay})
	a.last = next
}

// Len is the number of pictures.
func (a *Animation) Len() int { return len(a.frames) }

var errNoFrames = errors.New("an animation without pictures")

// WriteGIF writes the animation as a GIF, whose delays are in hundredths of a
// second.
func (a *Animation) WriteGIF(w io.Writer) error {
	if len(a.frames) == 0 {
		return errNoFrames
	}
	out := gif.GIF{Config: image.Config{
		ColorModel: a.colour.colours, Width: a.size.X, Height: a.size.Y,
	}}
	for _, f := range a.frames {
		out.Image = append(out.Image, f.Paletted)
		out.Delay = append(out.Delay, int(f.delay/(10*time.Millisecond)))
		out.Disposal = append(out.Disposal, gif.DisposalNone)
	}
	return gif.EncodeAll(w, &out)
}

// difference is the least part of next that covers all that last has otherwise,
// transparent where it is the same. The first picture is a difference from nothing.
func difference(last, next *image.Paletted) *image.Paletted {
	if last == nil {
		return next
	}
	var changed image.Rectangle
	for i, c := range next.Pix {
		if c != last.Pix[i] {
			x, y := i%next.Stride, i/next.Stride
			changed = changed.Union(image.Rect(x, y, x+1, y+1))
		}
	}
	if changed.Empty() {
		changed = image.Rect(0, 0, 1, 1) // formats want a pixel
	}
	part := image.NewPaletted(changed, next.Palette)
	for y := changed.Min.Y; y < changed.Max.Y; y++ {
		for x := changed.Min.X; x < changed.Max.X; x++ {
			if c := next.ColorIndexAt(x, y); c != last.ColorIndexAt(x, y) {
				part.SetColorIndex(x, y, c)
			}
		}
	}
	return part
}

// palette is the colours of all animations: transparent, greys, and what the
// colours of figures give on white.
type palette struct {
	colours color.Palette
	known   map[color.RGBA]uint8
}

func newPalette() palette {
	p := palette{known: map[color.RGBA]uint8{}, colours: color.Palette{color.NRGBA{}}}
	for grey := range 128 {
		g := uint8(grey * 255 / 127)
		p.colours = append(p.colours, color.NRGBA{g, g, g, 0xff})
	}
	for _, full := range []color.NRGBA{Cool, Warm, Ink} {
		const steps = 42
		for i := range steps {
			mix := func(to uint8) uint8 { return uint8(255 + (i+1)*(int(to)-255)/steps) }
			p.colours = append(p.colours, color.NRGBA{mix(full.R), mix(full.G), mix(full.B), 0xff})
		}
	}
	return p
}

// convert is img in the nearest colours.
func (p palette) convert(img image.Image) *image.Paletted {
	b := img.Bounds()
	out := image.NewPaletted(image.Rect(0, 0, b.Dx(), b.Dy()), p.colours)
	for y := range b.Dy() {
		for x := range b.Dx() {
			c := color.RGBAModel.Convert(img.At(b.Min.X+x, b.Min.Y+y)).(color.RGBA)
			index, ok := p.known[c]
			if !ok {
				index = 1 + uint8(p.colours[1:].Index(c))
				p.known[c] = index
			}
			out.Pix[y*out.Stride+x] = index
		}
	}
	return out
}

package figures

import (
	"bufio"
	"fmt"
	"image"
	"image/color"
	"io"
)

// Colours says what a terminal can show.
type Colours int

const (
	// TrueColour is 24 bits a colour.
	TrueColour Colours = iota
	// Greys are the 24 greys among the 256 colours that nearly every terminal has.
	Greys
	// NoColour is five densities of block characters, two pixels in each.
	NoColour
)

// ColoursOf tells from the environment what a terminal can show: TrueColour where
// COLORTERM says so, NoColour where NO_COLOR is set or TERM is dumb, and Greys
// otherwise.
func ColoursOf(getenv func(string) string) Colours {
	switch {
	case getenv("NO_COLOR") != "" || getenv("TERM") == "dumb" || getenv("TERM") == "":
		return NoColour
	case getenv("COLORTERM") == "truecolor" || getenv("COLORTERM") == "24bit":
		return TrueColour
	}
	return Greys
}

// Terminal writes img as text of the given number of columns, a line of half
// blocks for every two rows of pixels. A smaller image is magnified, a larger one
// averaged; what is transparent shows the terminal's own background. Every line
// ends with its colours reset.
func Terminal(w io.Writer, img image.Image, width int, c Colours) error {
	if width < 1 || img.Bounds().Empty() {
		return fmt.Errorf("a picture of %v in %d columns, want at least 1×1 in 1", img.Bounds().Size(), width)
	}
	size := img.Bounds().Size()
	height := max(1, (size.Y*width+size.X/2)/size.X)
	b := bufio.NewWriter(w)
	for y := 0; y < height; y += 2 {
		var last string
		for x := range width {
			upper := average(img, x, y, width, height)
			lower := color.NRGBA{}
			if y+1 < height {
				lower = average(img, x, y+1, width, height)
			}
			style, glyph := c.cell(upper, lower)
			if style != last {
				b.WriteString(style)
				last = style
			}
			b.WriteString(glyph)
		}
		if c != NoColour {
			b.WriteString("\x1b[0m")
		}
		b.WriteByte('\n')
	}
	return b.Flush()
}

// cell is a pixel above another: the escape sequence that sets colours, and the
// character to print in them.
func (c Colours) cell(upper, lower color.NRGBA) (style, glyph string) {
	seen := func(p color.NRGBA) bool { return p.A >= 0x80 }
	if c == NoColour {
		return "", density(upper, lower)
	}
	switch {
	case seen(upper) && seen(lower):
		return "\x1b[0;" + c.code(38, upper) + ";" + c.code(48, lower) + "m", "▀"
	case seen(upper):
		return "\x1b[0;" + c.code(38, upper) + "m", "▀"
	case seen(lower):
		return "\x1b[0;" + c.code(38, lower) + "m", "▄"
	}
	return "\x1b[0m", " "
}

// code is the parameter that sets a colour; ground is 38 for the letters and 48
// for what is behind them.
func (c Colours) code(ground int, p color.NRGBA) string {
	if c == TrueColour {
		return fmt.Sprintf("%d;2;%d;%d;%d", ground, p.R, p.G, p.B)
	}
	// Grey n of 24, counted from colour 232, is 8 + 10n of 255.
	grey := int(color.GrayModel.Convert(p).(color.Gray).Y)
	return fmt.Sprintf("%d;5;%d", ground, 232+min(max((grey-3)/10, 0), 23))
}

// density is a character that is as full as two pixels are bright.
func density(upper, lower color.NRGBA) string {
	shades := []string{" ", "░", "▒", "▓", "█"}
	sum := 0
	for _, p := range []color.NRGBA{upper, lower} {
		if p.A >= 0x80 {
			sum += int(color.GrayModel.Convert(p).(color.Gray).Y)
		}
	}
	return shades[(sum*(len(shades)-1)+255)/510]
}

// average is the mean colour of the part of img that pixel (x, y) of a picture of
// width×height covers.
func average(img image.Image, x, y, width, height int) color.NRGBA {
	b := img.Bounds()
	part := func(i, n, from, to int) (int, int) {
		low, high := from+i*(to-from)/n, from+(i+1)*(to-from)/n
		return low, max(high, low+1)
	}
	left, right := part(x, width, b.Min.X, b.Max.X)
	top, bottom := part(y, height, b.Min.Y, b.Max.Y)
	var red, green, blue, alpha, count uint64
	for v := top; v < bottom; v++ {
		for u := left; u < right; u++ {
			r, g, b, a := img.At(u, v).RGBA()
			red, green, blue, alpha = red+uint64(r), green+uint64(g), blue+uint64(b), alpha+uint64(a)
			count++
		}
	}
	mean := color.RGBA64{uint16(red / count), uint16(green / count), uint16(blue / count), uint16(alpha / count)}
	return color.NRGBAModel.Convert(mean).(color.NRGBA)
}

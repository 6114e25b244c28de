package figures

import (
	"bytes"
	"image"
	"image/color"
	"math"
	"path/filepath"
	"slices"
	"testing"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/recorder"
)

func TestTile(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		name      string
		values    []float64
		low, high float64
		want      []uint8
	}{
		{"own span", []float64{-1, 0, 1, 3}, 0, 0, []uint8{0, 64, 128, 255}},
		{"given span", []float64{-1, 0, 1, 3}, 0, 2, []uint8{0, 0, 128, 255}},
		{"one value", []float64{7, 7, 7, 7}, 0, 0, []uint8{128, 128, 128, 128}},
		{"not finite", []float64{nan, -inf, 1, inf}, 0, 2, []uint8{0, 0, 128, 255}},
		{"nothing finite", []float64{nan, nan, -inf, inf}, 0, 0, []uint8{0, 0, 0, 255}},
		{"huge", []float64{-math.MaxFloat64, 0, 0, math.MaxFloat64}, 0, 0, []uint8{0, 128, 128, 255}},
	} {
		if got := Tile(c.values, Shape{2, 2}, c.low, c.high, 1).Pix; !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	if got, want := Tile([]float64{0, 1}, Shape{1, 2}, 0, 0, 2).Pix, []uint8{0, 0, 255, 255, 0, 0, 255, 255}; !slices.Equal(got, want) {
		t.Errorf("at scale 2: %v, want %v", got, want)
	}
	mustPanic(t, "half an image", func() { Tile(make([]float64, 3), Shape{2, 2}, 0, 0, 1) })
	mustPanic(t, "no scale", func() { Tile(make([]float64, 4), Shape{2, 2}, 0, 0, 0) })
}

// Zero is the same grey in every atom, whatever its own scale.
func TestAtoms(t *testing.T) {
	// Atoms (0, 4), (-1, 0.5) and (0, 0), as columns.
	w := []float64{0, -1, 0, 4, 0.5, 0}
	img := Atoms(w, Shape{1, 2}, 3, 2, 1)
	want := []uint8{
		255, 255, 255, 255, 255, 255, 255,
		255, 128, 255, 255, 0, 191, 255,
		255, 255, 255, 255, 255, 255, 255,
		255, 128, 128, 255, 255, 255, 255,
		255, 255, 255, 255, 255, 255, 255,
	}
	if img.Rect != image.Rect(0, 0, 7, 5) || !slices.Equal(img.Pix, want) {
		t.Errorf("%v: %v, want %v", img.Rect, img.Pix, want)
	}
	mustPanic(t, "a lost value", func() { Atoms(w[1:], Shape{1, 2}, 3, 2, 1) })
	mustPanic(t, "no columns", func() { Atoms(w, Shape{1, 2}, 3, 0, 1) })
}

func TestAtomColumns(t *testing.T) {
	for count, want := range map[int]int{0: 1, 1: 1, 2: 2, 10: 5, 20: 8, 64: 8, 100: 10, 128: 16, 256: 16, 257: 17, 384: 24} {
		if got := AtomColumns(count); got != want {
			t.Errorf("%d atoms in %d columns, want %d", count, got, want)
		}
	}
}

func TestTerminal(t *testing.T) {
	// White above black, nothing above grey, and a last line of half a cell.
	img := image.NewNRGBA(image.Rect(0, 0, 2, 3))
	img.Set(0, 0, color.White)
	img.Set(0, 1, color.Black)
	img.Set(1, 1, color.Gray{128})
	img.Set(0, 2, color.NRGBA{255, 0, 0, 255})
	for _, c := range []struct {
		colours Colours
		want    string
	}{
		{TrueColour, "\x1b[0;38;2;255;255;255;48;2;0;0;0m▀\x1b[0;38;2;128;128;128m▄\x1b[0m\n" +
			"\x1b[0;38;2;255;0;0m▀\x1b[0m \x1b[0m\n"},
		{Greys, "\x1b[0;38;5;255;48;5;232m▀\x1b[0;38;5;244m▄\x1b[0m\n" + "\x1b[0;38;5;239m▀\x1b[0m \x1b[0m\n"},
		{NoColour, "▒░\n░ \n"},
	} {
		var b bytes.Buffer
		if err := Terminal(&b, img, 2, c.colours); err != nil {
			t.Fatal(err)
		}
		if b.String() != c.want {
			t.Errorf("colours %d:\n%q, want\n%q", c.colours, &b, c.want)
		}
	}
}

func TestTerminalScales(t *testing.T) {
	img := image.NewGray(image.Rect(0, 0, 4, 4))
	copy(img.Pix, []uint8{0, 255, 0, 0, 0, 255, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255})
	var half, twice bytes.Buffer
	if err := Terminal(&half, img, 2, TrueColour); err != nil {
		t.Fatal(err)
	}
	want := "\x1b[0;38;2;127;127;127;48;2;255;255;255m▀\x1b[0;38;2;0;0;0;48;2;255;255;255m▀\x1b[0m\n"
	if half.String() != want {
		t.Errorf("averaged to %q, want %q", &half, want)
	}
	if err := Terminal(&twice, img, 8, NoColour); err != nil {
		t.Fatal(err)
	}
	if want := "  ██    \n  ██    \n████████\n████████\n"; twice.String() != want {
		t.Errorf("magnified to\n%swant\n%s", &twice, want)
	}
	if Terminal(&half, img, 0, NoColour) == nil || Terminal(&half, image.NewGray(image.Rectangle{}), 1, NoColour) == nil {
		t.Error("no columns, or no pixels, were taken")
	}
}

func TestColoursOf(t *testing.T) {
	for _, c := range []struct {
		environment map[string]string
		want        Colours
	}{
		{map[string]string{"TERM": "xterm", "COLORTERM": "truecolor"}, TrueColour},
		{map[string]string{"TERM": "xterm-256color"}, Greys},
		{map[string]string{"TERM": "dumb", "COLORTERM": "truecolor"}, NoColour},
		{map[string]string{"TERM": "xterm", "COLORTERM": "24bit", "NO_COLOR": "1"}, NoColour},
		{nil, NoColour},
	} {
		if got := ColoursOf(func(name string) string { return c.environment[name] }); got != c.want {
			t.Errorf("%v: %d, want %d", c.environment, got, c.want)
		}
	}
}

func TestStrip(t *testing.T) {
	tile := Tile([]float64{0, 1}, Shape{1, 2}, 0, 0, 1)
	img := Strip([][]*image.Gray{{tile, tile}, {nil, tile}}, 1)
	if img.Rect != image.Rect(0, 0, 5, 3) {
		t.Fatalf("covers %v", img.Rect)
	}
	for _, c := range []struct {
		x, y int
		want color.NRGBA
	}{
		{0, 0, color.NRGBA{0, 0, 0, 255}}, {1, 0, color.NRGBA{255, 255, 255, 255}}, {2, 0, color.NRGBA{}},
		{0, 2, color.NRGBA{}}, {4, 2, color.NRGBA{255, 255, 255, 255}},
	} {
		if got := img.NRGBAAt(c.x, c.y); got != c.want {
			t.Errorf("(%d, %d) is %v, want %v", c.x, c.y, got, c.want)
		}
	}
}

// texts draws a figure and returns what it writes.
func texts(figure Figure, w, h vg.Length) (texts []string) {
	var canvas recorder.Canvas
	figure.Draw(draw.NewCanvas(&canvas, w, h))
	for _, action := range canvas.Actions {
		if s, ok := action.(*recorder.FillString); ok {
			texts = append(texts, s.String)
		}
	}
	return texts
}

func TestConfusion(t *testing.T) {
	c := Confusion{Counts: [][]int{{7, 3}, {0, 12}}, Classes: []string{"cat", "dog"}}
	w, h := c.Size()
	got := texts(c, w, h)
	for _, want := range []string{"cat", "dog", "7", "3", "12", "70.0 %", "100.0 %", "read as", "label"} {
		if !slices.Contains(got, want) {
			t.Errorf("%q is not among %q", want, got)
		}
	}
	if slices.Contains(got, "0") {
		t.Error("a count of zero is written")
	}
	mustPanic(t, "a lost count", func() { texts(Confusion{Counts: [][]int{{1, 2}, {3}}}, 100, 100) })
}

// Many classes still fit: cells shrink, and their numbers go.
func TestLargeConfusion(t *testing.T) {
	c := Confusion{Counts: make([][]int, 100)}
	for i := range c.Counts {
		c.Counts[i] = make([]int, 100)
		c.Counts[i][i] = 42
	}
	w, h := c.Size()
	if w > 750 || h > 750 || slices.Contains(texts(c, w, h), "42") {
		t.Errorf("%v by %v", w, h)
	}
}

func TestMisread(t *testing.T) {
	m := Misread{Shape: Shape{2, 2}, Readings: []Reading{{
		Row: 17, Image: []float64{0, 1, 1, 0}, Generated: []float64{0, 1, 0, 0}, Label: "3", Class: "8", Probability: 0.61,
	}}}
	w, h := m.Size()
	if got := texts(m, w, h); !slices.Contains(got, "3 → 8") || !slices.Contains(got, "row 17, 61 %") {
		t.Errorf("texts %q", got)
	}
	if got := texts(Misread{Shape: Shape{2, 2}}, 100, 100); !slices.Equal(got, []string{"none misread"}) {
		t.Errorf("without readings, texts %q", got)
	}
	if err := SavePNG(filepath.Join(t.TempDir(), "misread.png"), m, w, h); err != nil {
		t.Error(err)
	}
}

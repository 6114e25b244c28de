package figures

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/png"
	"slices"
	"testing"
	"time"
)

// still is a 6×4 picture, white but for a black pixel.
func still(x, y int) *image.Gray {
	img := image.NewGray(image.Rect(0, 0, 6, 4))
	for i := range img.Pix {
		img.Pix[i] = 255
	}
	img.SetGray(x, y, color.Gray{})
	return img
}

// moving shows a pixel that moves by one and then stays.
func moving() *Animation {
	var a Animation
	a.Add(still(2, 1), 100*time.Millisecond)
	a.Add(still(3, 1), 250*time.Millisecond)
	a.Add(still(3, 1), time.Second)
	return &a
}

func checkStill(t *testing.T, name string, got image.Image, want *image.Gray) {
	t.Helper()
	for y := range 4 {
		for x := range 6 {
			if g := color.GrayModel.Convert(got.At(x, y)); g != want.At(x, y) {
				t.Errorf("%s: pixel (%d, %d) is %v, want %v", name, x, y, g, want.At(x, y))
			}
		}
	}
}

func TestGIF(t *testing.T) {
	var b bytes.Buffer
	if err := moving().WriteGIF(&b); err != nil {
		t.Fatal(err)
	}
	g, err := gif.DecodeAll(&b)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(g.Delay, []int{10, 25, 100}) || g.LoopCount != 0 {
		t.Errorf("delays %v, loops %d", g.Delay, g.LoopCount)
	}
	if want := image.Rect(2, 1, 4, 2); g.Image[1].Rect != want {
		t.Errorf("frame 1 covers %v, want what changed, %v", g.Image[1].Rect, want)
	}
	canvas := image.NewRGBA(image.Rect(0, 0, 6, 4))
	for i, want := range []*image.Gray{still(2, 1), still(3, 1), still(3, 1)} {
		paint(canvas, g.Image[i], image.Point{})
		checkStill(t, "GIF", canvas, want)
	}
}

// paint draws what of a frame is not transparent.
func paint(canvas *image.RGBA, frame image.Image, at image.Point) {
	b := frame.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			if _, _, _, alpha := frame.At(x, y).RGBA(); alpha > 0 {
				canvas.Set(x+at.X, y+at.Y, frame.At(x, y))
			}
		}
	}
}

type chunk struct {
	name string
	data []byte
}

// chunksOf takes a PNG apart and checks its lengths and checksums.
func chunksOf(t *testing.T, raw []byte) (chunks []chunk) {
	t.Helper()
	rest, ok := bytes.CutPrefix(raw, []byte("\x89PNG\r\n\x1a\n"))
	if !ok {
		t.Fatal("the signature is missing")
	}
	for len(rest) > 0 {
		size := int(binary.BigEndian.Uint32(rest))
		c := chunk{string(rest[4:8]), rest[8 : 8+size]}
		if got, want := binary.BigEndian.Uint32(rest[8+size:]), crc32.ChecksumIEEE(rest[4:8+size]); got != want {
			t.Errorf("%s has the checksum %x, want %x", c.name, got, want)
		}
		chunks, rest = append(chunks, c), rest[12+size:]
	}
	return chunks
}

func TestAPNGChunks(t *testing.T) {
	var b bytes.Buffer
	if err := moving().WriteAPNG(&b); err != nil {
		t.Fatal(err)
	}
	var names []string
	var sequence []uint32
	for _, c := range chunksOf(t, b.Bytes()) {
		names = append(names, c.name)
		switch c.name {
		case "fcTL", "fdAT":
			sequence = append(sequence, binary.BigEndian.Uint32(c.data))
		case "acTL":
			if !bytes.Equal(c.data, []byte{0, 0, 0, 3, 0, 0, 0, 0}) {
				t.Errorf("acTL %v, want 3 frames without end", c.data)
			}
		}
		if c.name == "fcTL" && len(c.data) != 26 {
			t.Errorf("fcTL of %d bytes, want 26", len(c.data))
		}
	}
	if want := []string{"IHDR", "acTL", "PLTE", "tRNS", "fcTL", "IDAT", "fcTL", "fdAT", "fcTL", "fdAT", "IEND"}; !slices.Equal(names, want) {
		t.Errorf("chunks %v, want %v", names, want)
	}
	if want := []uint32{0, 1, 2, 3, 4}; !slices.Equal(sequence, want) {
		t.Errorf("sequence numbers %v, want %v", sequence, want)
	}
}

// What knows no animation sees the first picture; every frame, as a PNG by itself,
// completes the picture before it.
func TestAPNGFrames(t *testing.T) {
	var b bytes.Buffer
	if err := moving().WriteAPNG(&b); err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	checkStill(t, "default image", img, still(2, 1))

	canvas := image.NewRGBA(image.Rect(0, 0, 6, 4))
	paint(canvas, img, image.Point{})
	var header apngWriter
	var at, size image.Point
	var ihdr []byte
	frames := 0
	for _, c := range chunksOf(t, b.Bytes()) {
		switch c.name {
		case "IHDR":
			ihdr = slices.Clone(c.data)
		case "PLTE", "tRNS":
			header.chunk(c.name, c.data)
		case "fcTL":
			number := func(i int) int { return int(binary.BigEndian.Uint32(c.data[i:])) }
			size, at = image.Pt(number(4), number(8)), image.Pt(number(12), number(16))
			want := []uint16{100, 250, 1000}[frames]
			if delay := binary.BigEndian.Uint16(c.data[20:]); delay != want || binary.BigEndian.Uint16(c.data[22:]) != 1000 {
				t.Errorf("frame %d stays for %d/%d s, want %d ms", frames, delay, binary.BigEndian.Uint16(c.data[22:]), want)
			}
			frames++
		case "fdAT":
			var one apngWriter
			one.WriteString("\x89PNG\r\n\x1a\n")
			binary.BigEndian.PutUint32(ihdr, uint32(size.X))
			binary.BigEndian.PutUint32(ihdr[4:], uint32(size.Y))
			one.chunk("IHDR", ihdr)
			one.Write(header.Bytes())
			one.chunk("IDAT", c.data[4:])
			one.chunk("IEND")
			frame, err := png.Decode(&one)
			if err != nil {
				t.Fatal(err)
			}
			paint(canvas, frame, at)
			checkStill(t, "frame", canvas, still(3, 1))
		}
	}
	if frames != 3 {
		t.Errorf("%d frames, want 3", frames)
	}
}

func TestAnimationRefuses(t *testing.T) {
	var b bytes.Buffer
	var empty Animation
	if empty.WriteGIF(&b) == nil || empty.WriteAPNG(&b) == nil || b.Len() > 0 {
		t.Errorf("an animation without pictures gave %d bytes", b.Len())
	}
	mustPanic(t, "another size", func() { moving().Add(image.NewGray(image.Rect(0, 0, 5, 4)), 0) })
}

func mustPanic(t *testing.T, name string, f func()) {
	t.Helper()
	defer func() {
		if recover() == nil {
			t.Errorf("%s: no panic", name)
		}
	}()
	f()
}

func TestMoments(t *testing.T) {
	for _, c := range []struct {
		steps, most int
		want        []int
	}{
		{0, 5, []int{0}},
		{1, 5, []int{0, 1}},
		{4, 40, []int{0, 1, 2, 3, 4}},
		{100, 6, []int{0, 4, 16, 36, 64, 100}},
		{1000, 2, []int{0, 1000}},
	} {
		if got := Moments(c.steps, c.most); !slices.Equal(got, c.want) {
			t.Errorf("%d steps at %d moments: %v, want %v", c.steps, c.most, got, c.want)
		}
	}
}

// halving is an inversion whose image brightens to the target.
func halving() Inversion {
	return Inversion{
		Shape: Shape{1, 2}, Target: []float64{0, 1},
		Generated:     [][]float64{{0, 0}, {0, 0.5}, {0, 1}},
		Loss:          []float64{1, 0.25, 0},
		Probabilities: [][]float64{{0.5, 0.5}, {0.25, 0.75}, {0, 1}},
	}
}

func TestInversionFrames(t *testing.T) {
	v := halving()
	a := v.Animate(Moments(2, 40))
	if a.Len() != 3 {
		t.Fatalf("%d frames, want 3", a.Len())
	}
	// The right pixel of the generated image.
	x, y := 2*frameMargin+frameTile+3*frameTile/4, frameCaption+8+frameTile/4
	for n, want := range []uint8{0, 128, 255} {
		if got := color.GrayModel.Convert(v.Frame(n).At(x, y)).(color.Gray).Y; got != want {
			t.Errorf("step %d: the pixel is %d, want %d", n, got, want)
		}
	}
	v.Loss = v.Loss[:2]
	mustPanic(t, "a lost loss", func() { v.Animate([]int{0}) })
}

// Generated images far below the target have a scale of their own, or they would
// be black.
func TestFaintInversion(t *testing.T) {
	v := halving()
	for _, g := range v.Generated {
		g[1] /= 100
	}
	if low, high := v.span(); low != 0 || high != 0.01 {
		t.Errorf("shown from %v to %v, want 0 to 0.01", low, high)
	}
}

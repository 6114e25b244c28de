package figures

import (
	"encoding/xml"
	"errors"
	"image"
	"image/png"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func sample() Figure { return LossCurve(Curve{Title: "Loss", Values: []float64{3, 2, 1.5}}) }

func decodePNG(t *testing.T, path string) image.Image {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	img, err := png.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

func TestSavePNG(t *testing.T) {
	for name, figure := range map[string]Figure{"plot": sample(), "row": Row{LossCurve(Curve{}), LossCurve(Curve{})}} {
		path := filepath.Join(t.TempDir(), name+".png")
		if err := SavePNG(path, figure, 360, 240); err != nil {
			t.Fatal(err)
		}
		img := decodePNG(t, path)
		if want := image.Pt(720, 480); img.Bounds().Size() != want {
			t.Errorf("%s: %v pixels, not %v", name, img.Bounds().Size(), want)
		}
		colours := map[[3]uint32]bool{}
		for y := range 480 {
			for x := range 720 {
				r, g, b, _ := img.At(x, y).RGBA()
				colours[[3]uint32{r, g, b}] = true
			}
		}
		if len(colours) < 10 {
			t.Errorf("%s: only %d colours", name, len(colours))
		}
	}
}

func TestSaveSVG(t *testing.T) {
	path := filepath.Join(t.TempDir(), "loss.svg")
	if err := SaveSVG(path, sample(), 360, 240); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()

	var width, texts string
	decoder := xml.NewDecoder(file)
	for {
		token, err := decoder.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal("not well-formed:", err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			if token.Name.Local == "svg" {
				for _, a := range token.Attr {
					if a.Name.Local == "width" {
						width = a.Value
					}
				}
			}
		case xml.CharData:
			texts += string(token)
		}
	}
	if width != "360pt" {
		t.Errorf("width %q, not 360pt", width)
	}
	for _, want := range []string{"Loss", "outer iteration", "loss"} {
		if !strings.Contains(texts, want) {
			t.Errorf("%q is missing", want)
		}
	}
}

func TestSaveImage(t *testing.T) {
	path := filepath.Join(t.TempDir(), "grid.png")
	grey := image.NewGray(image.Rect(0, 0, 3, 2))
	copy(grey.Pix, []uint8{0, 50, 100, 150, 200, 255})
	if err := SaveImage(path, grey); err != nil {
		t.Fatal(err)
	}
	got, ok := decodePNG(t, path).(*image.Gray)
	if !ok || got.Rect != grey.Rect || string(got.Pix) != string(grey.Pix) {
		t.Errorf("%v came back as %v", grey, got)
	}
	if err := SaveImage(path, image.NewGray(image.Rectangle{})); err == nil {
		t.Error("an image without pixels was saved")
	}
	decodePNG(t, path) // still the first
}

func TestFailedSaveLeavesNothing(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "missing", "file")
	for name, err := range map[string]error{
		"SavePNG":   SavePNG(path, sample(), 90, 60),
		"SaveSVG":   SaveSVG(path, sample(), 90, 60),
		"SaveImage": SaveImage(path, image.NewGray(image.Rect(0, 0, 1, 1))),
	} {
		if !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: error %v, want fs.ErrNotExist", name, err)
		}
	}
	if entries, err := os.ReadDir(folder); err != nil || len(entries) != 0 {
		t.Errorf("%v was left behind (%v)", entries, err)
	}
}

package command

import (
	"image"
	"image/color"
	"image/png"
	"os"
	"strings"
	"testing"

	"github.com/inversenet/inversenet/internal/figures"
	"github.com/inversenet/inversenet/inverse"
	"github.com/inversenet/inversenet/inverse/modelfile"
)

func readPNG(t *testing.T, path string) image.Image {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// The image of a unit latent is a column of W.
func TestGenerateAnAtom(t *testing.T) {
	model, _ := trainedModel(t)
	inFolder(t)
	r := succeed(t, "generate", model, "--z", "0,0,0,1,0,0,0,0,0,0", "--out", "atom.png")
	if !strings.Contains(r.out, "atom.png") {
		t.Errorf("said %q", r.out)
	}
	m, err := modelfile.Load[float64](mustReadModel(t, model))
	if err != nil {
		t.Fatal(err)
	}
	var atom []float64
	w := m.Generator.(*inverse.Linear[float64]).W
	for i := range w.Rows {
		atom = append(atom, w.Row(i)[3])
	}
	want := figures.ImageGrid(atom, figures.Grid{Height: 8, Width: 8, Rows: 1, Cols: 1, Scale: 30}, 0, 0)
	got := readPNG(t, "atom.png")
	if got.Bounds() != want.Bounds() {
		t.Fatalf("picture of %v, want %v", got.Bounds(), want.Bounds())
	}
	for y := range want.Bounds().Dy() {
		for x := range want.Bounds().Dx() {
			if g := color.GrayModel.Convert(got.At(x, y)); g != want.At(x, y) {
				t.Fatalf("pixel %d,%d is %v, want %v", x, y, g, want.At(x, y))
			}
		}
	}
}

func TestGenerateFromARow(t *testing.T) {
	model, _ := trainedModel(t)
	inFolder(t)
	r := succeed(t, "generate", model, "--row", "1000")
	if fields := strings.Split(strings.Fields(r.out)[1], ","); len(fields) != 10 {
		t.Errorf("said %q, want the 10 numbers of the latent", r.out)
	}
	// Two images of 8×8 squares of 30 pixels, with gaps of 7.
	if got, want := pictureSize(t, "generated.png"), [2]int{2*247 + 7, 247 + 7}; got != want {
		t.Errorf("picture of %v, want %v", got, want)
	}
}

func TestGenerateRefuses(t *testing.T) {
	model, _ := trainedModel(t)
	dir := inFolder(t)
	for _, c := range []struct{ flag, value, want string }{
		{"--z", "1,2", "--z: got 2 numbers, want 10 as the model has latents"},
		{"--z", "0,0,NaN,0,0,0,0,0,0,0", "--z: number 3 is NaN"},
		{"--z", "one,0,0,0,0,0,0,0,0,0", "want numbers"},
		{"--z", "10:1", `--z: "10:1": want INDEX:NUMBER with an index from 0 to 9`},
		{"--z", "1:1,2", `--z: "2": want INDEX:NUMBER`},
		{"--grid", "0,10", "--grid: 10 is no element"},
		{"--between", "0,1797", "--between 1797: want a row from 0 to 1796"},
		{"--row", "1797", "--row 1797: want a row from 0 to 1796"},
		{"--row", "-1", "--row -1: want a row from 0 to 1796"},
	} {
		run(t, "generate", model, c.flag, c.value).fails(t, exitUsage, c.want)
	}
	if left := names(t, dir); left != nil {
		t.Errorf("left behind: %v", left)
	}
}

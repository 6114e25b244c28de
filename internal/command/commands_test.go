package command

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/inversenet/inversenet/internal/arrayfile"
	"github.com/inversenet/inversenet/internal/digits"
	"github.com/inversenet/inversenet/internal/experiment"
	"github.com/inversenet/inversenet/inverse"
	"github.com/inversenet/inversenet/inverse/modelfile"
)

// unfoldedModel is the path of a model of the default recipe after little
// training, in a folder that becomes the current one.
func unfoldedModel(t *testing.T) string {
	t.Helper()
	inFolder(t)
	succeed(t, "train", "--epochs", "10", "--latents", "40")
	return "inversenet-out/model.safetensors"
}

func TestEvaluate(t *testing.T) {
	model := unfoldedModel(t)
	said := succeed(t, "predict", model, "--rows", "1000:1500").err
	r := succeed(t, "evaluate", model, "--rows", "1000:1500", "--out", "c.svg")
	accuracy := strings.TrimSuffix(strings.TrimPrefix(said, "accuracy "), " of 500 rows\n")
	if !strings.HasPrefix(r.out, "accuracy  "+accuracy+" of 500 rows, ") {
		t.Errorf("predict said %q, evaluate %q", said, r.out)
	}
	// The matrix and the table count every row once.
	var counted, binned, right int
	for _, line := range strings.Split(r.out, "\n") {
		fields := strings.Fields(line)
		switch {
		case len(fields) == 13 && fields[12] == "%":
			label, err := strconv.Atoi(fields[0])
			if err != nil {
				t.Fatal(err)
			}
			for k, f := range fields[1:11] {
				n, _ := strconv.Atoi(f) // a dot is 0
				counted += n
				if k == label {
					right += n
				}
			}
		case len(fields) == 9 && fields[1] == "to":
			n, _ := strconv.Atoi(fields[4])
			binned += n
		}
	}
	if counted != 500 || binned != 500 || fmt.Sprintf("%.2f %%", float64(right)/5) != accuracy {
		t.Errorf("%d rows in the matrix, %d of them right, %d in the table:\n%s", counted, right, binned, r.out)
	}
	if svg := mustRead(t, "c.svg"); !bytes.Contains(svg, []byte("<svg")) {
		t.Errorf("c.svg begins with %.40q", svg)
	}
	writeFile(t, "odd.csv", strings.Replace(digitsCSV(t, 0, 3, true), ",1\n", ",11\n", 1))
	run(t, "evaluate", model, "odd.csv").fails(t, exitFailure, "odd.csv: row 1 has a label that is none of the model's classes, 0, 1,")
	writeFile(t, "bare.csv", digitsCSV(t, 0, 3, false))
	run(t, "evaluate", model, "bare.csv").fails(t, exitUsage, "bare.csv has no labels")
}

func TestPredictArrays(t *testing.T) {
	model := unfoldedModel(t)
	labels := strings.Fields(succeed(t, "predict", model, "--rows", "1000:1100").out)
	succeed(t, "predict", model, "--rows", "1000:1100", "--out", "labels.npy")
	got, err := arrayfile.ReadLabels("labels.npy", arrayfile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	text := make([]string, len(got.Numbers))
	for i, l := range got.Numbers {
		text[i] = strconv.Itoa(l)
	}
	if !slices.Equal(text, labels) {
		t.Errorf("labels %v as an array, %v as lines", text, labels)
	}
	p := writeFile(t, "p.npy", succeed(t, "predict", model, "--rows", "1000:1100", "--output", "probabilities", "--format", "npy").out)
	table, err := arrayfile.Read[float64](p, arrayfile.Options{})
	if err != nil || table.Rows != 100 || table.Columns != 10 {
		t.Fatalf("%+v, %v", table, err)
	}
	for i := range table.Rows {
		row := table.Samples[i*10 : (i+1)*10]
		var sum float64
		for _, v := range row {
			sum += v
		}
		if math.Abs(sum-1) > 1e-12 || strconv.Itoa(experiment.Class(row)) != labels[i] {
			t.Errorf("row %d: %v, read as %s", i, row, labels[i])
		}
	}
	succeed(t, "predict", model, "--rows", "0:5", "--output", "latents", "--out", "z.npy")
	if z, err := arrayfile.Read[float64]("z.npy", arrayfile.Options{}); err != nil || z.Rows != 5 || z.Columns != 40 {
		t.Errorf("%+v, %v", z, err)
	}
}

// savePNG writes an image of the digits as a PNG; negative is dark on light.
func savePNG(t *testing.T, path string, pixels []float64, negative bool) {
	t.Helper()
	img := image.NewGray16(image.Rect(0, 0, digits.Side, digits.Side))
	for i, v := range pixels {
		if negative {
			v = digits.MaxGrey - v
		}
		img.SetGray16(i%digits.Side, i/digits.Side, color.Gray16{Y: uint16(math.Round(v / digits.MaxGrey * 0xffff))})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	writeFile(t, path, b.String())
}

// A folder of PNGs is read as the same images in a file are.
func TestPredictPNGs(t *testing.T) {
	model := unfoldedModel(t)
	x, _, err := digits.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{"light", "dark"} {
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		for i := range 12 {
			at := (1000 + i) * digits.Pixels
			savePNG(t, filepath.Join(dir, fmt.Sprintf("%02d.png", i)), x[at:at+digits.Pixels], dir == "dark")
		}
	}
	writeFile(t, "light/notes.txt", "not an image")
	labels := strings.Fields(succeed(t, "predict", model, "--rows", "1000:1012").out)
	want := ""
	for i, l := range labels {
		want += fmt.Sprintf("%02d.png,%s\n", i, l)
	}
	if r := succeed(t, "predict", model, "light"); r.out != want {
		t.Errorf("read\n%s, want\n%s", r.out, want)
	}
	if r := succeed(t, "predict", model, "dark", "--negative"); r.out != want {
		t.Errorf("in negatives read\n%s, want\n%s", r.out, want)
	}

	if err := os.Mkdir("bad", 0o755); err != nil {
		t.Fatal(err)
	}
	run(t, "predict", model, "bad").fails(t, exitFailure, "bad: no file in the folder ends in .png, .jpg, .jpeg, .gif")
	whole := mustRead(t, "light/00.png")
	for _, c := range []struct{ content, want string }{
		{"not a PNG", "not an image that can be read"},
		{string(whole[:len(whole)-20]), filepath.Join("bad", "x.png")},
		{tallPNG(t), "an image of 9×8 pixels (height×width), want 8×8 as the model reads"},
	} {
		writeFile(t, "bad/x.png", c.content)
		run(t, "predict", model, "bad").fails(t, exitFailure, c.want)
	}
}

func tallPNG(t *testing.T) string {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 9))); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// The last step of an inversion reads what predict reads.
func TestInvert(t *testing.T) {
	model := unfoldedModel(t)
	label := strings.TrimSpace(succeed(t, "predict", model, "--rows", "1003:1004").out)
	r := succeed(t, "invert", model, "--row", "1003", "--out", "way.gif")
	lines := strings.Split(strings.TrimSpace(r.out), "\n")
	if len(lines) != 1+4+2 { // the names, steps 0 to 3, label and file
		t.Fatalf("said\n%s", r.out)
	}
	var losses []float64
	for _, line := range lines[1:5] {
		loss, err := strconv.ParseFloat(strings.Fields(line)[1], 64)
		if err != nil {
			t.Fatal(err)
		}
		losses = append(losses, loss)
	}
	if !(losses[3] < losses[0]) || !strings.Contains(lines[4], " "+label+" (") {
		t.Errorf("losses %v, want them to fall; read %q, want %s", losses, lines[4], label)
	}
	animation, err := gif.DecodeAll(bytes.NewReader(mustRead(t, "way.gif")))
	if err != nil || len(animation.Image) != 4 {
		t.Errorf("an animation of %d pictures, %v, want 4", len(animation.Image), err)
	}
	succeed(t, "invert", model, "--row", "1003", "--out", "way.png")
	readPNG(t, "way.png")
	run(t, "invert", model, "--row", "1797").fails(t, exitUsage, "--row 1797: want a row from 0 to 1796")
}

func TestShow(t *testing.T) {
	model := unfoldedModel(t)
	r := succeed(t, "show", model, "--out", "a.png")
	for _, want := range []string{"version 3, f32", "linear, 40 latents to 64 pixels (8×8)", "linear, 10 outputs: 0, 1, 2, 3",
		"3 steps, learning rates ", "prox non-negative-soft", "(x − 0)/16", "recipe unfolded, seed 0, 1000 samples", "epochs 10", "generator.weight     F32 [64 40]", "a.png"} {
		if !strings.Contains(r.out, want) {
			t.Errorf("%q is not in\n%s", want, r.out)
		}
	}
	if got, want := readPNG(t, "a.png").Bounds(), readPNG(t, "inversenet-out/atoms.png").Bounds(); got != want {
		t.Errorf("atoms of %v, training drew %v", got, want)
	}
	run(t, "show", "nothing").fails(t, exitFailure, "nothing")
}

func TestExport(t *testing.T) {
	model := unfoldedModel(t)
	succeed(t, "export", model, "--npz", "m.npz")
	table, err := arrayfile.Read[float32]("m.npz", arrayfile.Options{Array: "generator.weight"})
	if err != nil {
		t.Fatal(err)
	}
	f := mustReadModel(t, model)
	m, err := modelfile.Load[float32](f)
	if err != nil {
		t.Fatal(err)
	}
	if w := m.Generator.(*inverse.Linear[float32]).W; !slices.Equal(table.Samples, w.Data) {
		t.Errorf("%d numbers differ from the model's %d", len(table.Samples), len(w.Data))
	}
	// The metadata are bytes among the zip file's, which is not compressed.
	metadata, err := json.Marshal(f.Metadata())
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(mustRead(t, "m.npz"), metadata) {
		t.Error("the metadata are missing")
	}
}

func TestGenerateSheets(t *testing.T) {
	model := unfoldedModel(t)
	for _, c := range []struct {
		flags      string
		cols, rows int
	}{
		{"--z 3:1,17:0.5", 1, 1},
		{"--row 1000", 2, 1},
		{"--grid 3,17 --count 4", 4, 4},
		{"--row 1000 --grid 3,17 --count 3 --span -1,1", 3, 3},
		{"--between 1000,1000 --count 5", 5, 1},
	} {
		succeed(t, append([]string{"generate", model}, strings.Fields(c.flags)...)...)
		// A gap lies before, between and after the tiles.
		size := readPNG(t, "generated.png").Bounds().Size()
		if cell := float64(size.X) / float64(c.cols); math.Abs(cell-float64(size.Y)/float64(c.rows)) > cell/10 {
			t.Errorf("%s: a picture of %v, want %d×%d images", c.flags, size, c.cols, c.rows)
		}
	}
	// Between a row and itself, all images are those of the row.
	img := readPNG(t, "generated.png")
	step := (img.Bounds().Dx() - 1) / 5
	for x := range step - 1 {
		if a, b := img.At(x+1, 9), img.At(x+1+step, 9); a != b {
			t.Fatalf("columns %d and %d differ: %v and %v", x+1, x+1+step, a, b)
		}
	}
}

func TestLatentText(t *testing.T) {
	long := make([]float64, 50)
	for _, c := range []struct {
		z    []float64
		want string
	}{
		{[]float64{1, 0, -0.5}, "1,0,-0.5"},
		{append(slices.Clone(long), 2), "50:2"},
		{long, "0:0"},
	} {
		got := latentText(c.z)
		if got != c.want {
			t.Errorf("%v is written as %q, want %q", c.z, got, c.want)
		}
		if back, err := parseLatent(got, len(c.z)); err != nil || !slices.Equal(back, c.z) {
			t.Errorf("%q is read as %v, %v", got, back, err)
		}
	}
	for k := range long {
		long[k] = float64(k)
	}
	if got := latentText(long); !strings.HasPrefix(got, "49:49,48:48,") || !strings.HasSuffix(got, ",38:38 (the largest of 49 that are not 0)") {
		t.Errorf("a long one is written as %q", got)
	}
}

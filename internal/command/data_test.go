package command

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/image/draw"

	"github.com/inversenet/inversenet/internal/arrayfile"
	"github.com/inversenet/inversenet/internal/digits"
)

// copied is a file of testdata in the current folder.
func copied(t *testing.T, testdata []byte, name string) string {
	t.Helper()
	return writeFile(t, name, string(testdata))
}

// testAccuracy is what train printed for the test rows, in per cent.
func testAccuracy(t *testing.T, out string) float64 {
	t.Helper()
	m := regexp.MustCompile(`(?m)^test accuracy +([0-9.]+) %`).FindStringSubmatch(out)
	if m == nil {
		t.Fatalf("no test accuracy in\n%s", out)
	}
	v, err := strconv.ParseFloat(m[1], 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func wants(t *testing.T, what, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%s: %q is not in\n%s", what, part, text)
		}
	}
}

// Four columns are no image of 2×2: said, not distorted, and scaled by columns.
func TestTablesAreNoImages(t *testing.T) {
	iris, err := os.ReadFile("testdata/iris.csv")
	if err != nil {
		t.Fatal(err)
	}
	inFolder(t)
	file := copied(t, iris, "iris.csv")
	r := succeed(t, "train", file, "--train-rows", "0:90", "--test-rows", "90:")
	if a := testAccuracy(t, r.out); a < 96 {
		t.Errorf("test accuracy %v %%, want 96.7", a)
	}
	wants(t, "train", r.out, "\ndata            rows of 4 numbers\n", "\nlabels          column 5\n", "\nclasses         0 (32), 1 (27), 2 (31)\n",
		"\nscaling         of each column by its mean and deviation\n")
	if strings.Contains(r.err, "warning") {
		t.Errorf("said %q", r.err)
	}
	f := mustReadModel(t, "inversenet-out/model.safetensors")
	if f.ImageHeight != 1 || f.ImageWidth != 4 || len(f.Scaling.Offset) != 4 {
		t.Errorf("model %+v", f.Info)
	}
	// The same data as images, for who wants it.
	r = succeed(t, "train", file, "--image", "2x2", "--epochs", "1")
	wants(t, "train --image", r.out, "\ndata            images of 2×2, as --image says\n", "\nscaling         of all numbers by their range\n")
	// Scaling that is asked for is what is done, with a warning where it is a mistake.
	wide := strings.ReplaceAll(string(iris), ",", "e4,")
	r = succeed(t, "train", writeFile(t, "wide.csv", strings.ReplaceAll(wide, "e4,0\n", "e-4,0\n")), "--scaling", "range", "--epochs", "1")
	wants(t, "train --scaling", r.out, "\nscaling         of all numbers by their range\n")
}

// Classes have the names that the data gives them, in all that is written.
func TestNamedClasses(t *testing.T) {
	wine, err := os.ReadFile("testdata/wine_named.csv")
	if err != nil {
		t.Fatal(err)
	}
	inFolder(t)
	file := copied(t, wine, "wine.csv")
	r := succeed(t, "train", file, "--label-column", "cultivar", "--train-rows", "0:100", "--test-rows", "100:", "--report", "r.html", "--report", "r.json")
	if a := testAccuracy(t, r.out); a < 97 {
		t.Errorf("test accuracy %v %%, want 98.7", a)
	}
	wants(t, "train", r.out, "barbera (30), barolo (32), grignolino (38)", `column 14 ("cultivar")`, "rows of 13 numbers")
	first := mustRead(t, "inversenet-out/model.safetensors")
	wants(t, "the page", string(mustRead(t, "r.html")), ">barbera<", ">barolo<", ">grignolino<")

	const model = "inversenet-out/model.safetensors"
	labels := strings.Fields(succeed(t, "predict", model, file, "--rows", "100:").out)
	if len(labels) != 78 || labels[0] != "barolo" || labels[2] != "barbera" {
		t.Errorf("read as %v", labels)
	}
	wants(t, "evaluate", succeed(t, "evaluate", model, file, "--rows", "100:").out, "barbera     barolo grignolino", "    barbera  ")
	wants(t, "invert", succeed(t, "invert", model, file, "--row", "100").out, "label   barolo")
	wants(t, "show", succeed(t, "show", model).out, "3 outputs: barbera, barolo, grignolino")

	// A column of text holds the labels without being named, and alone in a file.
	succeed(t, "train", file, "--train-rows", "0:100", "--test-rows", "100:")
	same := string(mustRead(t, model)) == string(first)
	rows, names := strings.Builder{}, strings.Builder{}
	for line := range strings.Lines(string(wine)) {
		at := strings.LastIndex(line, ",")
		rows.WriteString(line[:at] + "\n")
		names.WriteString(line[at+1:])
	}
	succeed(t, "train", writeFile(t, "rows.csv", rows.String()), "--labels", writeFile(t, "names.csv", names.String()), "--train-rows", "0:100", "--test-rows", "100:")
	if !same || string(mustRead(t, model)) != string(first) {
		t.Error("the labels, found in another way, give another model")
	}

	// Two columns of text are a question.
	two := strings.ReplaceAll(strings.ReplaceAll(string(wine), "\n", ",red\n"), "cultivar,red", "cultivar,colour")
	writeFile(t, "two.csv", two)
	run(t, "train", "two.csv").fails(t, exitFailure, `2 of its columns hold text, column 14 ("cultivar"), column 15 ("colour"): say which one has the labels`)
	wants(t, "with one dropped", succeed(t, "train", "two.csv", "--drop", "colour", "--epochs", "1").out, "barbera (48), barolo (59), grignolino (71)")
}

// The published recipe, whose outputs are not classes by themselves, names them too.
func TestNamedClassesWithoutHead(t *testing.T) {
	inFolder(t)
	var text strings.Builder
	for i := range 60 {
		fmt.Fprintf(&text, "%d,%d,%s\n", i%3, 2*(i%3), []string{"low", "middle", "top, or so"}[i%3])
	}
	file := writeFile(t, "levels.csv", strings.ReplaceAll(text.String(), "top, or so", `"top, or so"`))
	succeed(t, "train", file, "--recipe", "notebook", "--latents", "4", "--outer-steps", "1")
	f := mustReadModel(t, "inversenet-out/model.safetensors")
	if got := fmt.Sprint(f.Classes); got != "[low middle top, or so output 3]" {
		t.Errorf("classes %s", got)
	}
	out := succeed(t, "train", file, "--epochs", "40").out
	wants(t, "train", out, "low (20), middle (20), top, or so (20)")
	lines := strings.Split(succeed(t, "predict", "inversenet-out/model.safetensors", file, "--rows", "0:3").out, "\n")
	if lines[2] != `"top, or so"` {
		t.Errorf("read as %q", lines)
	}
}

// asDigits are rows of the digits, changed line by line.
func asDigits(t *testing.T, from, to int, change func(i int, line string) string) string {
	t.Helper()
	var b strings.Builder
	i := 0
	for line := range strings.Lines(digitsCSV(t, from, to, true)) {
		b.WriteString(change(i, strings.TrimSuffix(line, "\n")))
		i++
	}
	return b.String()
}

// What spreadsheets and pandas write gives the model that the plain file gives.
func TestFilesAsTheyAre(t *testing.T) {
	inFolder(t)
	small := []string{"--latents", "20", "--epochs", "2", "--batch", "16"}
	writeFile(t, "plain.csv", digitsCSV(t, 0, 40, true))
	succeed(t, append([]string{"train", "plain.csv"}, small...)...)
	want := string(mustRead(t, "inversenet-out/model.safetensors"))
	header := "," + strings.Repeat("p,", 64) + "label\n"
	for name, c := range map[string]struct {
		text  string
		flags []string
	}{
		"decimal commas":   {asDigits(t, 0, 40, func(_ int, line string) string { return strings.ReplaceAll(line, ",", ",0;") + "\n" }), nil},
		"trailing commas":  {asDigits(t, 0, 40, func(_ int, line string) string { return line + ",\n" }), nil},
		"carriage returns": {asDigits(t, 0, 40, func(_ int, line string) string { return line + "\r" }), nil},
		"an index column":  {header + asDigits(t, 0, 40, func(i int, line string) string { return fmt.Sprintf("%d,%s\n", i, line) }), []string{"--drop", "1"}},
	} {
		file := writeFile(t, strings.ReplaceAll(name, " ", "_")+".csv", c.text)
		succeed(t, append(append([]string{"train", file}, small...), c.flags...)...)
		if string(mustRead(t, "inversenet-out/model.safetensors")) != want {
			t.Errorf("%s: another model than of the plain file", name)
		}
	}
	// Not left out, an index is warned of, with the remedy.
	r := succeed(t, append([]string{"train", "an_index_column.csv"}, small...)...)
	wants(t, "an index", r.err, "warning: column 1 counts the rows", "leave it out with --drop 1")
	r = succeed(t, append([]string{"train", "plain.csv"}, small...)...)
	if strings.Contains(r.err, "counts the rows") {
		t.Errorf("said %q", r.err)
	}
}

// Arrays with customary names need no flags: one part is trained on, the other
// tested, also later.
func TestSplitArrays(t *testing.T) {
	inFolder(t)
	x, labels, err := digits.Load()
	if err != nil {
		t.Fatal(err)
	}
	b := new(strings.Builder)
	part := func(name string, from, to int) []arrayfile.Array {
		return []arrayfile.Array{
			arrayfile.NewArray("x_"+name, x[from*digits.Pixels:to*digits.Pixels], to-from, 8, 8),
			arrayfile.NewArray("y_"+name, labels[from:to], to-from),
		}
	}
	if err := arrayfile.WriteNPZ(b, append(part("train", 0, 300), part("test", 300, 400)...)...); err != nil {
		t.Fatal(err)
	}
	writeFile(t, "split.npz", b.String())
	out := succeed(t, "train", "split.npz", "--epochs", "30").out
	wants(t, "train", out, "images of 8×8, the shape of the array", `arrays "y_train" and "y_test"`, "% of rows 0:300\n", "% of rows 300:400\n")
	r := succeed(t, "evaluate", "inversenet-out/model.safetensors", "split.npz")
	wants(t, "evaluate", r.out, fmt.Sprintf("accuracy  %.2f %% of 100 rows", testAccuracy(t, out)))
	if lines := strings.Count(succeed(t, "predict", "inversenet-out/model.safetensors", "split.npz").out, "\n"); lines != 100 {
		t.Errorf("%d lines for 100 rows to test on", lines)
	}
	if lines := strings.Count(succeed(t, "predict", "inversenet-out/model.safetensors", "split.npz", "--rows", "0:400").out, "\n"); lines != 400 {
		t.Errorf("%d lines for 400 rows", lines)
	}
}

// What is likely to be a mistake is said, once each.
func TestWarnings(t *testing.T) {
	inFolder(t)
	small := []string{"--latents", "10", "--epochs", "1"}
	rows := func(n int, f func(i int) string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(f(i) + "\n")
		}
		return b.String()
	}
	for name, c := range map[string]struct {
		text  string
		flags []string
		want  string
	}{
		"class":    {rows(40, func(i int) string { return fmt.Sprintf("%d.5,%d,%d", i%7, i%5, i%2+i/30*2) }), []string{"--train-rows", "0:30", "--test-rows", "30:"}, "those of class 2, 3 cannot be read"},
		"few":      {rows(40, func(i int) string { return fmt.Sprintf("%d.5,%d,%d", i%7, i%5, i%2+i/38*2) }), nil, "fewer than 5 rows to train on are of class 2 (1), 3 (1)"},
		"labels":   {rows(40, func(i int) string { return fmt.Sprintf("%d.5,%d,%d", i%7, i%5, (7*i)%40) }), nil, "every row has a label of its own"},
		"constant": {rows(40, func(i int) string { return fmt.Sprintf("%d.5,1,%d,%d", i%7, i%5, i%2) }), nil, "column 2 is the same in all rows to train on"},
		"counting": {rows(40, func(i int) string { return fmt.Sprintf("%d.5,%d,%d", i%7, i+100, i%2) }), nil, "column 2 counts the rows"},
		"ranges":   {rows(40, func(i int) string { return fmt.Sprintf("%d.5,%d,%d", i%7, 100000*(i%5), i%2) }), []string{"--scaling", "range"}, "the ranges of columns differ by a factor of"},
		"nothing":  {rows(40, func(i int) string { return fmt.Sprintf("%d.5,%d,%d", i%7, i%5, i%2) }), nil, ""},
	} {
		file := writeFile(t, name+".csv", c.text)
		r := succeed(t, append(append([]string{"train", file}, small...), c.flags...)...)
		if n := strings.Count(r.err, "warning:"); !strings.Contains(r.err, c.want) || n > 1 || (n == 1) != (c.want != "") {
			t.Errorf("%s: said %q, want one warning with %q", name, r.err, c.want)
		}
	}
}

// A label that stands first, where the last column is taken for it, is noticed.
func TestLabelsElsewhere(t *testing.T) {
	model := unfoldedModel(t)
	first := asDigits(t, 1000, 1100, func(_ int, line string) string {
		at := strings.LastIndex(line, ",")
		return line[at+1:] + "," + line[:at] + "\n"
	})
	file := writeFile(t, "first.csv", first)
	r := succeed(t, "predict", model, file)
	wants(t, "predict", r.err, "warning: column 65 was taken for the label, but", "--label-column first")
	r = succeed(t, "predict", model, file, "--label-column", "first")
	if strings.Contains(r.err, "warning") || !strings.HasPrefix(r.err, "accuracy 9") {
		t.Errorf("said %q", r.err)
	}
	last := writeFile(t, "last.csv", digitsCSV(t, 1000, 1100, true))
	if r := succeed(t, "predict", model, last); strings.Contains(r.err, "warning") {
		t.Errorf("said %q", r.err)
	}
}

// A terminal acts on nothing that a file says.
func TestControlCharacters(t *testing.T) {
	for text, want := range map[string]string{
		"barolo": "barolo", "Ünï ✓": "Ünï ✓", "a\x1b[31mb": `a\x1b[31mb`, "a\nb\tc": `a\nb\tc`, "\u202eabc": `\u202eabc`, "\u009b": `\u009b`, "a\xffb": "a�b",
	} {
		if got := printable(text); got != want {
			t.Errorf("%q is shown as %q, want %q", text, got, want)
		} else if strings.IndexFunc(got, isControl) >= 0 {
			t.Errorf("%q is shown as %q", text, got)
		}
	}
	inFolder(t)
	var text strings.Builder
	for i := range 40 {
		fmt.Fprintf(&text, "%d.5,%d,%s\n", i%7, i%2, []string{"red\x1b[31m", "blue"}[i%2])
	}
	name := "a\x1b]0;title\ab.csv"
	if err := os.WriteFile(name, []byte(text.String()), 0o644); err != nil {
		t.Skip("no such names on this file system:", err)
	}
	const model = "inversenet-out/model.safetensors"
	outputs := []result{
		run(t, "train", name, "--epochs", "1"), run(t, "show", model), run(t, "evaluate", model, name),
		run(t, "invert", model, name), run(t, "train", name, "--label-column", "\x1b[31m"), run(t, "predict", filepath.Join("\x1b[0m", "x")),
	}
	for i, r := range outputs {
		if strings.ContainsAny(r.out+r.err, "\x1b\a") {
			t.Errorf("run %d: %q %q", i, r.out, r.err)
		}
	}
}

// A folder with a folder of images for each class is trained on, and read again.
func TestFoldersOfImages(t *testing.T) {
	inFolder(t)
	x, labels, err := digits.Load()
	if err != nil {
		t.Fatal(err)
	}
	for i := range 200 {
		dir := filepath.Join("digits", fmt.Sprintf("is %d", labels[i]))
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		savePNG(t, filepath.Join(dir, fmt.Sprintf("%03d.png", i)), x[i*digits.Pixels:(i+1)*digits.Pixels], false)
	}
	r := succeed(t, "train", "digits", "--epochs", "30")
	wants(t, "train", r.out, "data            images in a folder for each class\n", "labels          the names of folders\n", "is 0 (21), is 1 (19)")
	const model = "inversenet-out/model.safetensors"
	if f := mustReadModel(t, model); f.ImageHeight != 8 || f.PixelMax != 255 || f.Classes[3] != "is 3" {
		t.Errorf("model %+v", f.Info)
	}
	accuracy := strings.Fields(r.out[strings.Index(r.out, "train accuracy"):])[2]
	wants(t, "evaluate", succeed(t, "evaluate", model, "digits").out, "accuracy  "+accuracy+" % of 200 rows")
	one := filepath.Join("digits", "is 0", "000.png")
	if out := succeed(t, "predict", model, one).out; out != "000.png,is 0\n" {
		t.Errorf("read %q", out)
	}
	run(t, "train", filepath.Join("digits", "is 0")).fails(t, exitUsage, "holds images without labels: want a folder with a folder of images for each class")
	run(t, "train", "digits", "--label-column", "last").fails(t, exitUsage, "go with a file of arrays: digits has images")
}

// picturesOf writes what a scanner might make of digits: larger, dark on light,
// anywhere on a noisy page.
func picturesOf(t *testing.T, dir string, from, to int) (labels []int) {
	t.Helper()
	x, all, err := digits.Load()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(7, 8))
	const zoom, height, width = 11, 150, 140
	for n := from; n < to; n++ {
		page := image.NewGray(image.Rect(0, 0, width, height))
		for i := range page.Pix {
			page.Pix[i] = uint8(235 + rng.IntN(8))
		}
		digit := image.NewGray(image.Rect(0, 0, digits.Side, digits.Side))
		for i := range digit.Pix {
			digit.Pix[i] = uint8(240 - 13*x[n*digits.Pixels+i])
		}
		at := image.Pt(4+rng.IntN(width-zoom*digits.Side-8), 4+rng.IntN(height-zoom*digits.Side-8))
		draw.CatmullRom.Scale(page, image.Rect(at.X, at.Y, at.X+zoom*digits.Side, at.Y+zoom*digits.Side), digit, digit.Bounds(), draw.Src, nil)
		var b bytes.Buffer
		if err := png.Encode(&b, page); err != nil {
			t.Fatal(err)
		}
		writeFile(t, filepath.Join(dir, fmt.Sprintf("%04d.png", n)), b.String())
		labels = append(labels, all[n])
	}
	return labels
}

// Pictures from the world are read as their names say.
func TestFitPictures(t *testing.T) {
	needsKernels(t)
	testdata, err := filepath.Abs("testdata")
	if err != nil {
		t.Fatal(err)
	}
	inFolder(t)
	succeed(t, "train")
	const model = "inversenet-out/model.safetensors"
	for _, folder := range []string{"scans", "ink"} {
		r := succeed(t, "predict", model, filepath.Join(testdata, folder), "--fit", "--show-input")
		for line := range strings.Lines(r.out) {
			name, class, _ := strings.Cut(strings.TrimSpace(line), ",")
			if name[:1] != class {
				t.Errorf("%s is read as %s", name, class)
			}
		}
		if n := strings.Count(r.out, "\n"); n != 6 || strings.Count(r.err, "\n") != 4 || !strings.Contains(r.err, "█") {
			t.Errorf("%d lines, shown as\n%s", n, r.err)
		}
	}
	labels := picturesOf(t, "pages", 1000, 1200)
	right := 0
	for i, class := range strings.Fields(succeed(t, "predict", model, "pages", "--fit").out) {
		if strings.HasSuffix(class, fmt.Sprintf(",%d", labels[i])) {
			right++
		}
	}
	t.Logf("%d of %d pictures are read right", right, len(labels))
	if right < 184 {
		t.Errorf("%d of %d pictures are read right", right, len(labels))
	}
	run(t, "predict", model, "--fit").fails(t, exitUsage, "--fit: goes with images")
	run(t, "predict", model, "pages").fails(t, exitFailure, "an image of 150×140 pixels (height×width), want 8×8 as the model reads")
}

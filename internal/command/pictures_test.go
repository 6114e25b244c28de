package command

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/inversenet/inversenet/internal/dataset"
	"github.com/inversenet/inversenet/internal/experiment"
	"github.com/inversenet/inversenet/internal/figures"
	"github.com/inversenet/inversenet/inverse"
)

// Both reports in one run: a page and numbers.
func TestTrainWritesReports(t *testing.T) {
	inFolder(t)
	succeed(t, "train", "--recipe", "notebook", "--outer-steps", "40", "--report", "run.html", "--report", "run.json")
	readReport(t, "run.json")
	raw, err := os.ReadFile("run.html")
	if err != nil {
		t.Fatal(err)
	}
	page := string(raw)
	for _, want := range []string{
		"recipe notebook on digits", "test accuracy", "rows 1000:1797", "test rows 1000:1500: ", "of 500 right",
		"inversenet train --recipe notebook --outer-steps 40 --report run.html --report run.json",
		"<dt>inner-steps</dt><dd>250</dd>", "instruction set", `id="curves"`, `id="misread"`, `id="atoms"`, `id="calibration"`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is not in the page", want)
		}
	}
	if strings.Contains(page, "http") || len(page) > 200<<10 {
		t.Errorf("the page refers to the network, or has %d bytes, which are too many", len(page))
	}
}

// Without test rows, pictures show the training rows, and there is no curve of an
// accuracy.
func TestPicturesWithoutTestRows(t *testing.T) {
	inFolder(t)
	succeed(t, "train", "--recipe", "notebook", "--train-rows", "0:20", "--test-rows", "none", "--outer-steps", "3", "--report", "run.html")
	if got := names(t, "inversenet-out"); slices.Contains(got, "accuracy.png") || !slices.Contains(got, "misread.png") {
		t.Errorf("files %v", got)
	}
	page, err := os.ReadFile("run.html")
	if err != nil || !strings.Contains(string(page), "training rows 0:20: ") || strings.Contains(string(page), "<h2>Accuracy") {
		t.Errorf("the page is not about the training rows (%v)", err)
	}
}

func TestPicturesInTerminal(t *testing.T) {
	x := []float64{0, 1, 1, 0}
	r := experiment.Readings{
		Name: "test rows 5:8", Classes: []string{"a", "b"}, Labels: []int{1, 1, 0},
		Probabilities: [][]float64{{0, 1}, {1, 0}, {1, 0}},
		Images:        [][]float64{x, x, x}, Generated: [][]float64{x, x, x},
	}
	trained := &experiment.Result{
		Job:   &experiment.Job{Train: dataset.Dataset{Shape: dataset.Shape{Height: 2, Width: 2}}},
		Atoms: inverse.FromFloat64[float64](4, 3, []float64{0, 0, 0, 1, 1, -1, 1, 1, -1, 0, 0, 0}),
	}
	var b bytes.Buffer
	if err := drawTraining(&b, trained, r, 10, figures.NoColour); err != nil {
		t.Fatal(err)
	}
	// Zero is grey in atoms: densities of the two halves of a cell are averaged.
	const want = `atoms, what latents add to an image
▓▓  ▓▓  ░░
test rows 5:8, what is generated for them, what is read
▒▒  ▒▒  ▒▒
          
▒▒  ▒▒  ▒▒
a   b   a
`
	if b.String() != want {
		t.Errorf("drew\n%swant\n%s", &b, want)
	}
	b.Reset()
	if err := drawTraining(&b, trained, r, 1, figures.NoColour); err != nil || b.Len() > 0 {
		t.Errorf("a terminal of one column got %q, %v", &b, err)
	}
}

func TestSampleReadings(t *testing.T) {
	r := experiment.Readings{Classes: []string{"a", "b"}, Labels: []int{1, 1, 0, 1}}
	for count, want := range [][]int{nil, {2}, {2, 0}, {2, 0, 1}, {2, 0, 1, 3}, {2, 0, 1, 3}} {
		if got := sampleReadings(r, count); !slices.Equal(got, want) {
			t.Errorf("%d of them: %v, want %v", count, got, want)
		}
	}
}

package command

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image/png"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/inversenet/inversenet/internal/report"
)

func readReport(t *testing.T, path string) report.Numbers {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var keys map[string]any
	if err := json.Unmarshal(raw, &keys); err != nil {
		t.Fatal(err)
	}
	want := []string{"accuracy_history", "final_loss", "isa", "iterations", "loss_history", "model_accuracy", "precision", "recipe", "rest_accuracy", "rest_rows",
		"seed", "settings", "solver", "test_accuracy", "threads", "train_accuracy", "train_seconds"}
	if got := slices.Sorted(maps.Keys(keys)); !slices.Equal(got, want) {
		t.Errorf("the report has the keys %v, want %v", got, want)
	}
	var r report.Numbers
	if err := json.Unmarshal(raw, &r); err != nil {
		t.Fatal(err)
	}
	return r
}

func pictureSize(t *testing.T, path string) [2]int {
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
	return [2]int{img.Bounds().Dx(), img.Bounds().Dy()}
}

// The losses that the notebook's run has, computed with NumPy in float64.
var notebookLosses = map[int]float64{
	0: 2.302466277975741, 1: 2.302435187943393, 2: 2.3024040984990815, 5: 2.3023108337745923,
	10: 2.3021554050764736, 100: 2.2993614784796463, 1000: 2.272882393073578, 1800: 2.253536812769451, 1999: 2.249459504468432,
}

func checkLosses(t *testing.T, history []float64, compared int, allowed float64) {
	t.Helper()
	for i, want := range notebookLosses {
		if i >= len(history) {
			continue
		}
		compared--
		if diff := math.Abs(history[i] - want); !(diff <= allowed) {
			t.Errorf("loss at %d: %.16g, want %.16g: apart by %.2g", i, history[i], want, diff)
		}
	}
	if compared != 0 {
		t.Errorf("%d losses too few were compared", compared)
	}
}

func fraction(v float64) bool { return v > 0 && v < 1 }

func TestTrain(t *testing.T) {
	dir := inFolder(t)
	r := succeed(t, "train", "--recipe", "notebook", "--outer-steps", "11", "--threads", "1", "--out", "a/b", "--report", "run.json")
	got := readReport(t, "run.json")
	checkLosses(t, got.LossHistory, 5, 1e-9)
	if got.Recipe != "notebook" || got.Precision != "f64" || got.Threads != 1 || len(got.LossHistory) != 11 {
		t.Errorf("report %+v", got)
	}
	if !(got.FinalLoss < got.LossHistory[10]) || !fraction(got.TrainAccuracy) || !fraction(*got.TestAccuracy) || !(got.TrainSeconds > 0) {
		t.Errorf("report %+v", got)
	}
	if got, want := names(t, "a/b"), []string{"accuracy.png", "atoms.png", "confusion.png", "loss.png", "loss.svg", "misread.png", "model.safetensors"}; !slices.Equal(got, want) {
		t.Errorf("files %v, want %v", got, want)
	}
	// 2 rows of 5 images of 8×8 squares of 15 pixels, with gaps of 10.
	if got, want := pictureSize(t, "a/b/atoms.png"), [2]int{5*130 + 10, 2*130 + 10}; got != want {
		t.Errorf("atoms.png is %v, want %v", got, want)
	}
	if got, want := pictureSize(t, "a/b/loss.png"), [2]int{880, 560}; got != want {
		t.Errorf("loss.png is %v, want %v", got, want)
	}
	for _, want := range []string{"recipe notebook: 1000 rows of digits", "test accuracy", filepath.FromSlash("a/b/atoms.png"), "run.json"} {
		if !strings.Contains(r.out, want) {
			t.Errorf("summary lacks %q:\n%s", want, r.out)
		}
	}
	if !strings.Contains(r.err, "iteration 11 of 11, loss 2.3021") {
		t.Errorf("progress %q", r.err)
	}
	if got, want := names(t, dir), []string{"a", "run.json"}; !slices.Equal(got, want) {
		t.Errorf("files %v, want %v", got, want)
	}
}

func TestTrainOverridesTheRecipe(t *testing.T) {
	inFolder(t)
	succeed(t, "train", "--recipe", "notebook", "--train-rows", "0:10", "--test-rows", "none", "--outer-lr", "10", "--outer-steps", "2", "--latents", "12",
		"--inner-steps", "5", "--inner-lr", "0.02", "--reduction", "mean-pixels", "--seed", "7", "--precision", "f32", "--report", "r.json")
	r := readReport(t, "r.json")
	if r.Precision != "f32" || len(r.LossHistory) != 2 || r.TestAccuracy != nil {
		t.Errorf("report %+v", r)
	}
	f := mustReadModel(t, "inversenet-out/model.safetensors")
	if f.Latents != 12 || f.Seed != 7 || f.TrainSamples != 10 || f.Precision != "f32" ||
		f.Inner.Steps != 5 || f.Inner.LearningRate != 0.02 || f.Inner.Reduction.String() != "mean-pixels" {
		t.Errorf("model %+v", f)
	}
}

// TestNotebookToTheEnd runs all 2,000 iterations.
func TestNotebookToTheEnd(t *testing.T) {
	inFolder(t)
	succeed(t, "train", "--recipe", "notebook", "--precision", "f64", "--report", "r.json")
	r := readReport(t, "r.json")
	checkLosses(t, r.LossHistory, len(notebookLosses), 1e-9)
	if diff := math.Abs(r.FinalLoss - 2.249439741619598); !(diff <= 1e-9) || *r.TestAccuracy != 0.890 || r.Solver != "closed" {
		t.Errorf("final loss %v, test accuracy %v, solver %s, want 2.249439741619598, 0.89, closed", r.FinalLoss, *r.TestAccuracy, r.Solver)
	}
	// The loss that the notebook printed for its own run in float32.
	succeed(t, "train", "--recipe", "notebook", "--precision", "f32", "--report", "r.json")
	if r := readReport(t, "r.json"); !(math.Abs(r.LossHistory[1800]-2.2535370780395513) <= 2e-6) {
		t.Errorf("loss at 1800 in float32: %v, want 2.2535370780395513", r.LossHistory[1800])
	}
}

func TestTrainWithoutIterations(t *testing.T) {
	inFolder(t)
	succeed(t, "train", "--recipe", "notebook", "--outer-steps", "0", "--report", "r.json")
	if r := readReport(t, "r.json"); r.LossHistory == nil || r.AccuracyHistory == nil || len(r.LossHistory) != 0 || math.Abs(r.FinalLoss-notebookLosses[0]) > 1e-9 {
		t.Errorf("report %+v", r)
	}
}

// A run that fails half-way leaves nothing.
func TestTrainDiverges(t *testing.T) {
	dir := inFolder(t)
	r := run(t, "train", "--recipe", "notebook", "--inner-lr", "1e9", "--out", "deep/er", "--report", "r.json")
	if r.code != exitFailure || !strings.Contains(r.err, "diverged at outer iteration 0: the inner step") {
		t.Errorf("exit code %d, error %q", r.code, r.err)
	}
	if left := names(t, dir); left != nil {
		t.Errorf("left behind: %v", left)
	}
}

func TestTrainChecksWhereItWrites(t *testing.T) {
	inFolder(t)
	writeFile(t, "file", "")
	if err := os.MkdirAll("taken/model.safetensors", 0o755); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, flag, value, want string }{
		{"a file for a folder", "--out", "file", "cannot create the folder file: not a directory"},
		{"a folder for a file", "--out", "taken", "it is a folder, want the name of a file"},
		{"a report in no folder", "--report", "nowhere/r.json", "no such file or directory"},
	} {
		t.Run(c.name, func(t *testing.T) {
			run(t, "train", c.flag, c.value).fails(t, exitFailure, c.want)
		})
	}
	if got, want := names(t, "."), []string{"file", "taken"}; !slices.Equal(got, want) {
		t.Errorf("files %v, want %v", got, want)
	}
}

func mustJSON(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// The same seed gives the same model on any number of threads, by every recipe.
func TestModelsRepeat(t *testing.T) {
	for _, flags := range []string{
		"--recipe unfolded --epochs 2",
		"--recipe linear --epochs 2",
		"--recipe notebook --outer-steps 5",
		"--recipe unfolded --epochs 2 --precision f64 --head 16 --momentum fista --optimizer nesterov --init images",
	} {
		t.Run(flags, func(t *testing.T) {
			inFolder(t)
			for _, threads := range []string{"1", "2", "5"} {
				succeed(t, append(strings.Fields("train "+flags), "--threads", threads, "--out", threads)...)
			}
			succeed(t, append(strings.Fields("train "+flags), "--seed", "9", "--out", "9")...)
			first := mustRead(t, "1/model.safetensors")
			for _, other := range []string{"2", "5"} {
				if !bytes.Equal(mustRead(t, other+"/model.safetensors"), first) {
					t.Errorf("%s threads give another model", other)
				}
			}
			if bytes.Equal(mustRead(t, "9/model.safetensors"), first) {
				t.Error("another seed gives the same model")
			}
		})
	}
}

// The recipes as the command runs them.
func TestRecipes(t *testing.T) {
	needsKernels(t)
	for _, c := range []struct {
		flags       string
		test, rest  float64
		description string
	}{
		{"--recipe unfolded", 0.984, 0.974, "the default"},
		{"--recipe linear", 0.94, 0.9, "softmax through the closed form"},
	} {
		t.Run(c.description, func(t *testing.T) {
			inFolder(t)
			succeed(t, append(strings.Fields("train "+c.flags), "--report", "r.json")...)
			r := readReport(t, "r.json")
			if !(*r.TestAccuracy >= c.test) || !(*r.RestAccuracy >= c.rest) || *r.RestRows != "1000:1797" || len(r.AccuracyHistory) != 20 {
				t.Errorf("accuracy %v, %v of %s, want at least %v and %v", *r.TestAccuracy, *r.RestAccuracy, *r.RestRows, c.test, c.rest)
			}
		})
	}
}

// Data of one's own: any number of columns, any labels, any scale.
func TestTrainOnOtherData(t *testing.T) {
	inFolder(t)
	rng := rand.New(rand.NewPCG(1, 2))
	var text strings.Builder
	labels := []int{3, 70, 1000}
	for i := range 300 {
		class := i % 3
		for j := range 6 {
			fmt.Fprintf(&text, "%g,", 1e4*float64(j)+50*(rng.NormFloat64()+3*float64((class+j)%3)))
		}
		fmt.Fprintln(&text, labels[class])
	}
	writeFile(t, "table.csv", text.String())
	for _, recipe := range []string{"unfolded", "linear"} {
		succeed(t, "train", "table.csv", "--recipe", recipe, "--image", "1x6", "--scaling", "columns", "--epochs", "10",
			"--train-rows", "0:240", "--test-rows", "240:", "--report", "r.json")
		if r := readReport(t, "r.json"); !(*r.TestAccuracy > 0.9) {
			t.Errorf("recipe %s: accuracy %v", recipe, *r.TestAccuracy)
		}
		r := succeed(t, "predict", "inversenet-out/model.safetensors", "table.csv")
		seen := map[string]bool{}
		for _, label := range strings.Fields(r.out) {
			seen[label] = true
		}
		if got := slices.Sorted(maps.Keys(seen)); !slices.Equal(got, []string{"1000", "3", "70"}) {
			t.Errorf("recipe %s reads %v", recipe, got)
		}
	}
	writeFile(t, "one.csv", "1,2,0\n3,4,0\n")
	run(t, "train", "one.csv").fails(t, exitFailure, "one.csv: all labels are 0, want at least 2 classes")
}

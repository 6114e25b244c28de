package command

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/inversenet/inversenet/internal/digits"
	"github.com/inversenet/inversenet/internal/report"
	"github.com/inversenet/inversenet/inverse/modelfile"
)

func mustReadModel(t *testing.T, path string) *modelfile.File {
	t.Helper()
	f, err := modelfile.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// trainedModel is the path of a model after a few iterations, and the report.
func trainedModel(t *testing.T, flags ...string) (string, report.Numbers) {
	t.Helper()
	dir := t.TempDir()
	r := filepath.Join(dir, "r.json")
	succeed(t, append([]string{"train", "--recipe", "notebook", "--outer-steps", "3", "--out", dir, "--report", r}, flags...)...)
	return filepath.Join(dir, "model.safetensors"), readReport(t, r)
}

// digitsCSV is some rows of the digits, with or without labels.
func digitsCSV(t *testing.T, from, to int, labelled bool) string {
	t.Helper()
	x, labels, err := digits.Load()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for i := from; i < to; i++ {
		for j, v := range x[i*digits.Pixels : (i+1)*digits.Pixels] {
			if j > 0 {
				b.WriteByte(',')
			}
			fmt.Fprint(&b, v)
		}
		if labelled {
			fmt.Fprintf(&b, ",%d", labels[i])
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// TestPredict reads the test rows as training did: from the embedded digits,
// from a file, and from standard input.
func TestPredict(t *testing.T) {
	for _, precision := range []string{"f32", "f64"} {
		t.Run(precision, func(t *testing.T) {
			model, trained := trainedModel(t, "--precision", precision)
			r := succeed(t, "predict", model, "--rows", "1000:1500")
			if lines := strings.Count(r.out, "\n"); lines != 500 {
				t.Errorf("%d lines for 500 rows", lines)
			}
			if want := fmt.Sprintf("accuracy %.2f %% of 500 rows\n", 100**trained.ModelAccuracy); r.err != want {
				t.Errorf("said %q, want %q as training did", r.err, want)
			}
			file := writeFile(t, filepath.Join(t.TempDir(), "rows.csv"), digitsCSV(t, 1000, 1500, true))
			if got := succeed(t, "predict", model, file); got != r {
				t.Errorf("from a file: %v", got.err)
			}
			got := runWithInput(t, digitsCSV(t, 1000, 1500, false), "predict", model, "-")
			if got.code != exitOK || got.out != r.out || got.err != "" {
				t.Errorf("from standard input, without labels: %v", got.err)
			}
		})
	}
}

// Labels are the largest outputs, which here are the latents.
func TestPredictOutputs(t *testing.T) {
	model, _ := trainedModel(t)
	out := filepath.Join(t.TempDir(), "z.csv")
	labels := strings.Fields(succeed(t, "predict", model, "--rows", "0:20").out)
	outputs := succeed(t, "predict", model, "--rows", "0:20", "--output", "outputs").out
	succeed(t, "predict", model, "--rows", "0:20", "--output", "latents", "--out", out)
	if latents, err := os.ReadFile(out); err != nil || string(latents) != outputs {
		t.Errorf("latents %.40q, outputs %.40q, %v", latents, outputs, err)
	}
	lines := strings.Fields(outputs)
	if len(lines) != 20 || len(labels) != 20 {
		t.Fatalf("%d lines of outputs and %d of labels for 20 rows", len(lines), len(labels))
	}
	for i, line := range lines {
		best, top := 0, math.Inf(-1)
		for k, field := range strings.Split(line, ",") {
			if v, err := strconv.ParseFloat(field, 64); err != nil {
				t.Error(err)
			} else if v > top {
				best, top = k, v
			}
		}
		if labels[i] != strconv.Itoa(best) {
			t.Errorf("row %d has label %s, the largest output is %d", i, labels[i], best)
		}
	}
}

func TestBadFiles(t *testing.T) {
	model, _ := trainedModel(t)
	rows := digitsCSV(t, 0, 10, false)
	dir := inFolder(t)
	writeFile(t, "rows.csv", rows)
	writeFile(t, "short.csv", "1,2,3\n4,5,6\n")
	writeFile(t, "nan.csv", strings.Replace(rows, "5", "NaN", 1))
	writeFile(t, "labels.csv", "1\n2\n3\n")
	writeFile(t, "model.txt", "this is no model\n")
	writeFile(t, "half.csv", digitsCSV(t, 0, 10, true)[:1450])
	writeFile(t, "class.csv", "1,2,0\n3,4,0.5\n")
	before := names(t, dir)
	for _, c := range []struct{ args, want string }{
		{"predict missing.safetensors", "missing.safetensors"},
		{"predict model.txt", "model.txt"},
		{"predict MODEL missing.csv", "missing.csv"},
		{"predict MODEL short.csv", "short.csv: rows of 3 pixels, want 64 as the model has"},
		{"predict MODEL nan.csv", "nan.csv"},
		{"predict MODEL rows.csv --labels labels.csv", "labels.csv"},
		{"predict MODEL rows.csv --labels none.csv", "none.csv"},
		{"predict MODEL rows.csv --out nowhere/z.csv", "cannot write nowhere/z.csv"},
		{"generate missing.safetensors --row 1", "missing.safetensors"},
		{"generate MODEL --row 1 --data short.csv", "rows of 3 pixels"},
		{"train missing.csv", "missing.csv"},
		{"train nan.csv", "nan.csv"},
		{"train half.csv", "half.csv"},
		{"train class.csv", "class.csv: row 1 ends with 0.5, want a label there"},
		{"train rows.csv --labels labels.csv", "labels.csv"},
	} {
		t.Run(c.args, func(t *testing.T) {
			args := strings.Fields(strings.Replace(c.args, "MODEL", model, 1))
			run(t, args...).fails(t, exitFailure, c.want)
			if got := names(t, dir); len(got) != len(before) {
				t.Errorf("files %v, want %v", got, before)
			}
		})
	}
}

func TestTrainOnAFile(t *testing.T) {
	inFolder(t)
	writeFile(t, "rows.csv", digitsCSV(t, 0, 1500, true))
	flags := []string{"--outer-steps", "3", "--train-rows", "0:1000", "--test-rows", "1000:", "--report", "r.json"}
	succeed(t, append([]string{"train", "rows.csv", "--recipe", "notebook"}, flags...)...)
	checkLosses(t, readReport(t, "r.json").LossHistory, 3, 1e-9)

	writeFile(t, "pixels.csv", digitsCSV(t, 0, 10, false))
	writeFile(t, "labels.csv", "0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n")
	succeed(t, "train", "pixels.csv", "--labels", "labels.csv", "--outer-steps", "1", "--image", "4x16", "--report", "r.json")
	if r := readReport(t, "r.json"); r.TestAccuracy != nil {
		t.Errorf("tested %v of no rows", *r.TestAccuracy)
	}
	if f := mustReadModel(t, "inversenet-out/model.safetensors"); f.TrainSamples != 10 || f.ImageHeight != 4 || f.ImageWidth != 16 {
		t.Errorf("model %+v", f)
	}
}

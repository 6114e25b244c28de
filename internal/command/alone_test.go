package command

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"
)

// numbersIn are the numbers of a line, separated by commas.
func numbersIn(t *testing.T, line string) (values []float64) {
	t.Helper()
	for _, field := range strings.Split(strings.TrimSpace(line), ",") {
		v, err := strconv.ParseFloat(field, 64)
		if err != nil {
			t.Fatal(err)
		}
		values = append(values, v)
	}
	return values
}

// latentOf is what generate prints as the latent of a row, to six digits.
func latentOf(t *testing.T, model string, row int) []float64 {
	t.Helper()
	out := succeed(t, "generate", model, "--row", strconv.Itoa(row)).out
	return numbersIn(t, strings.Fields(out)[1])
}

func sameLatents(t *testing.T, name string, got, want []float64, tolerance float64) {
	t.Helper()
	for k, v := range want {
		if !(math.Abs(got[k]-v) <= tolerance*math.Abs(v)) {
			t.Errorf("%s: latent %d is %v, want %v", name, k, got[k], v)
		}
	}
}

// A row is read the same alone, among others, and by every command, whatever the
// reduction.
func TestRowsAreReadAlike(t *testing.T) {
	needsKernels(t)
	for _, flags := range []string{
		"--recipe notebook",
		"--recipe notebook --precision f32 --outer-steps 20 --inner-steps 7 --momentum fista",
		"--recipe linear --epochs 2 --latents 10 --reduction mean-all --inner-step 0.5",
		"--recipe unfolded --epochs 1 --latents 20 --reduction mean-all --batch 100",
		"--recipe unfolded --epochs 1 --latents 20 --reduction mean-pixels",
	} {
		t.Run(flags, func(t *testing.T) {
			inFolder(t)
			succeed(t, append(strings.Fields("train "+flags), "--report", "r.json")...)
			const model = "inversenet-out/model.safetensors"
			among := strings.Split(succeed(t, "predict", model, "--rows", "1000:1500", "--output", "latents").out, "\n")
			ten := strings.Split(succeed(t, "predict", model, "--rows", "1000:1010", "--output", "latents").out, "\n")
			for i := range 10 {
				alone := succeed(t, "predict", model, "--rows", fmt.Sprintf("%d:%d", 1000+i, 1001+i), "--output", "latents").out
				if among[i]+"\n" != alone || ten[i] != among[i] {
					t.Errorf("row %d: latents %s of 500, %s of 10, %s alone", 1000+i, among[i], ten[i], alone)
				}
			}
			if latents := numbersIn(t, among[3]); len(latents) <= 32 && strings.Contains(flags, "notebook") {
				sameLatents(t, "generate", latentOf(t, model, 1003), latents, 5e-6)
			}
			// predict, evaluate, invert and training itself agree on what is read.
			said := succeed(t, "predict", model, "--rows", "1000:1500").err
			want := fmt.Sprintf("accuracy %.2f %% of 500 rows\n", 100**readReport(t, "r.json").ModelAccuracy)
			if evaluated := succeed(t, "evaluate", model, "--rows", "1000:1500").out; said != want || !strings.HasPrefix(evaluated, "accuracy  "+want[len("accuracy "):len(want)-1]) {
				t.Errorf("training said %q, predict %q, evaluate %.40q", want, said, evaluated)
			}
			for _, row := range []int{1000, 1001, 1005} {
				label := strings.TrimSpace(succeed(t, "predict", model, "--rows", fmt.Sprintf("%d:%d", row, row+1)).out)
				lines := strings.Split(strings.TrimSpace(succeed(t, "invert", model, "--row", strconv.Itoa(row)).out), "\n")
				if last := lines[len(lines)-2]; !strings.Contains(last, " "+label+" (") {
					t.Errorf("row %d: predict reads %s, invert ends with %q", row, label, last)
				}
			}
		})
	}
}

// The notebook's model reads the digits after the training rows as they are, in
// any company; what training prints besides is the published protocol.
func TestNotebookRowsAlone(t *testing.T) {
	inFolder(t)
	out := succeed(t, "train", "--recipe", "notebook", "--report", "r.json").out
	for _, want := range []string{
		"\ntest accuracy   89.00 % of rows 1000:1500\n",
		"\nsaved model     88.40 % of rows 1000:1500, each by itself; above, all in one batch, as published\n",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("training said\n%s, want %q in it", out, want)
		}
	}
	want := "1 4 0 5 3 6 9 6 1 7"
	const model = "inversenet-out/model.safetensors"
	if got := strings.Join(strings.Fields(succeed(t, "predict", model, "--rows", "1000:1500").out)[:10], " "); got != want {
		t.Errorf("of 500 rows, ten are read as %s, want %s", got, want)
	}
	var alone []string
	for row := 1000; row < 1010; row++ {
		alone = append(alone, strings.TrimSpace(succeed(t, "predict", model, "--rows", fmt.Sprintf("%d:%d", row, row+1)).out))
	}
	if got := strings.Join(alone, " "); got != want {
		t.Errorf("one by one, they are read as %s, want %s", got, want)
	}
}

// Step sizes that are learned, but hardly move, are those of the learning rate
// they began with.
func TestLearnedStepsInvertAsTrained(t *testing.T) {
	for _, batch := range []string{"0", "100"} {
		inFolder(t)
		flags := []string{"train", "--recipe", "notebook", "--outer-steps", "20", "--batch", batch}
		succeed(t, append(flags, "--out", "plain")...)
		succeed(t, append(flags, "--out", "learned", "--learn-steps", "--learn-lr", "1e-12")...)
		want := latentOf(t, "plain/model.safetensors", 1000)
		sameLatents(t, "batches of "+batch, latentOf(t, "learned/model.safetensors", 1000), want, 1e-5)
		steps := numbersIn(t, succeed(t, "predict", "learned/model.safetensors", "--rows", "1000:1001", "--output", "latents").out)
		sameLatents(t, "predict", steps, want, 1e-5)
	}
}

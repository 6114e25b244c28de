package command

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/inversenet/inversenet/kernels"
)

// asCommand makes the test binary the command, for tests that need a process
// of its own: the instruction set is chosen when a process starts.
const asCommand = "INVERSENET_TEST_AS_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		os.Exit(Run(os.Args[1:], Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}))
	}
	os.Exit(m.Run())
}

// result is what a run of the command gave.
type result struct {
	code     int
	out, err string
}

// run runs the command in this process.
func run(t *testing.T, args ...string) result {
	t.Helper()
	return runWithInput(t, "", args...)
}

func runWithInput(t *testing.T, in string, args ...string) result {
	t.Helper()
	var out, err bytes.Buffer
	code := Run(args, Streams{In: strings.NewReader(in), Out: &out, Err: &err})
	return result{code, out.String(), err.String()}
}

// succeed is run for what must work.
func succeed(t *testing.T, args ...string) result {
	t.Helper()
	r := run(t, args...)
	if r.code != exitOK {
		t.Fatalf("inversenet %s: exit code %d: %s", strings.Join(args, " "), r.code, r.err)
	}
	return r
}

// runProcess runs the command in a process with its own value of INVERSENET_ISA.
func runProcess(t *testing.T, isa string, args ...string) result {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(exe, args...)
	c.Env = append(os.Environ(), asCommand+"=1", "INVERSENET_ISA="+isa)
	var out, errs bytes.Buffer
	c.Stdout, c.Stderr = &out, &errs
	err = c.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return result{c.ProcessState.ExitCode(), out.String(), errs.String()}
}

// fails checks that a run failed as it should: the exit code, and one line that
// holds the wanted text.
func (r result) fails(t *testing.T, code int, want string) {
	t.Helper()
	if r.code != code {
		t.Errorf("exit code %d, want %d", r.code, code)
	}
	if strings.Count(r.err, "\n") != 1 || !strings.HasSuffix(r.err, "\n") {
		t.Errorf("error %q is not one line", r.err)
	}
	if !strings.Contains(r.err, want) {
		t.Errorf("error %q, want %q in it", r.err, want)
	}
	if r.out != "" {
		t.Errorf("output %q before the error", r.out)
	}
}

// inFolder makes a new folder the current one.
func inFolder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	t.Chdir(dir)
	return dir
}

// names lists a folder, hidden files included.
func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}

func writeFile(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestWrongUsage(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"trian", `unknown command "trian": did you mean train?`},
		{"cook", `unknown command "cook": the commands are`},
		{"train --latnets 3", "unknown flag --latnets: did you mean --latents?"},
		{"train --velocity 3", "unknown flag --velocity: see inversenet train --help"},
		{"train -q", "see inversenet train --help"},
		{"train --latents", "--latents: a value is missing"},
		{"train --latents ten", `--latents "ten": want a whole number`},
		{"train --latents -1", "--latents -1: want a number from 0 to"},
		{"train --latents 0", "--latents 0: goes with --head none"},
		{"train --recipe notebook --latents 9", "row 9 has label 9, the model has outputs 0 to 8: want --latents 10 or more"},
		{"train --inner-lr much", `--inner-lr "much": want a number`},
		{"train --inner-lr NaN", "--inner-lr NaN: want a number of at least 0"},
		{"train --inner-lr 0 --inner-step 0", "--inner-lr 0: want a positive number, or --inner-step"},
		{"train --outer-lr -1", "--outer-lr -1: want a number of at least 0"},
		{"train --inner-steps 0", "--inner-steps 0: want a number from 1 to"},
		{"train --outer-steps -2", "--outer-steps -2: want a number from -1 to"},
		{"train --seed -1", `--seed "-1": want a whole number from 0 to 4294967295`},
		{"train --precision f16", `--precision "f16": want f32 or f64`},
		{"train --reduction median", `--reduction "median": want sum, mean-pixels or mean-all`},
		{"train --recipe soup", `--recipe "soup": want one of unfolded, linear, notebook`},
		{"train --threads -1", "--threads -1: want 0 for one on each core"},
		{"train --train-rows 5", `--train-rows "5": want FROM:TO, such as 0:1000`},
		{"train --train-rows 5:5", `--train-rows "5:5": holds no row`},
		{"train --train-rows none", "--train-rows none: want rows to train on"},
		{"train --train-rows 0:1798", "--train-rows 0:1798: the data has rows 0 to 1796, want a range within 0:1797"},
		{"train --test-rows 1797:", "--test-rows 1797:: the data has rows 0 to 1796"},
		{"train --image 8x9", "--image 8x9: has 72 pixels, the rows of digits have 64"},
		{"train --image big", `--image "big": want HEIGHTxWIDTH, such as 28x28`},
		{"train --labels some.csv", "go with DATA: the built-in digits have labels"},
		{"train --report run.txt", "--report run.txt: want a name that ends in .html or .json"},
		{"train a b", "inversenet train: got 2 arguments, want DATA, or none"},
		{"predict", "inversenet predict: got 0 arguments, want MODEL"},
		{"predict m --output shapes", `--output "shapes": want labels, probabilities, outputs or latents`},
		{"generate m", "want either --z or --row"},
		{"generate m --z 1 --row 1", "want either --z or --row"},
		{"generate m --between 1", "--between: got 1 number, want 2 rows"},
		{"generate m --grid 1,2,3", "--grid: got 3 numbers"},
		{"generate m --grid 1,2 --count 1", "--count 1: want a number from 2 to 50"},
		{"generate m --row 1 --between 1,2", "--between goes without"},
		{"invert m --out x.bmp", "--out x.bmp: want a name that ends in .gif, .png or .apng"},
		{"invert m --frames 1", "--frames 1: want"},
		{"evaluate m --out x.gif", "--out x.gif: want a name that ends in .png or .svg"},
		{"show m --out x.gif", "--out x.gif: want a name that ends in .png"},
		{"export m", `--npz "": want the name`},
		{"predict m --format xml", `--format "xml": want csv or npy`},
		{"train --checkpoint-every -1", "--checkpoint-every -1: want a number of at least 0"},
		{"train --head 0", `--head "0": want none, linear`},
		{"train --prox hard", `--prox "hard": want none, non-negative, soft or non-negative-soft`},
		{"train --smoothing 1", "--smoothing 1: want a number from 0 to below 1"},
		{"train --prox none", "--learn-thresholds: want --prox soft"},
		{"generate m --row 1 --out x.gif", "--out x.gif: want a name that ends in .png"},
		{"toy 3", "inversenet toy: got 1 argument, want none"},
		{"info now", "inversenet info: got 1 argument, want none"},
	} {
		t.Run(c.args, func(t *testing.T) {
			dir := inFolder(t)
			run(t, strings.Fields(c.args)...).fails(t, exitUsage, c.want)
			if left := names(t, dir); left != nil {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

func TestUnusableInstructionSet(t *testing.T) {
	model := filepath.Join(t.TempDir(), "model.safetensors")
	for _, args := range [][]string{{"info"}, {"train"}, {"toy"}, {"predict", model}, {"generate", model, "--row", "0"}, {"evaluate", model}, {"invert", model}} {
		t.Run(args[0], func(t *testing.T) {
			dir := inFolder(t)
			runProcess(t, "sse2", args...).fails(t, exitFailure, `unknown instruction set "sse2": allowed are go, avx2 and avx512`)
			if left := names(t, dir); left != nil {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

func TestHelp(t *testing.T) {
	for _, args := range [][]string{nil, {"--help"}, {"help"}} {
		r := succeed(t, args...)
		for _, c := range []string{"train", "predict", "generate", "toy", "info", "version", "completion"} {
			if !strings.Contains(r.out, "\n  "+c+" ") {
				t.Errorf("inversenet %v does not list %s", args, c)
			}
		}
	}
	for _, c := range newRoot(Streams{}, new(bool)).Commands() {
		if r := succeed(t, c.Name(), "--help"); !strings.Contains(r.out, "inversenet "+c.Name()) || c.Example == "" {
			t.Errorf("the help of %s lacks an example", c.Name())
		}
	}
}

func ExampleRun() {
	code := Run([]string{"train", "--precision", "f16"}, Streams{Out: os.Stdout, Err: os.Stdout})
	fmt.Println("exit code", code)
	// Output:
	// inversenet: --precision "f16": want f32 or f64
	// exit code 2
}

// needsKernels skips a test that trains whole recipes where plain Go would take
// minutes for it.
func needsKernels(t *testing.T) {
	t.Helper()
	if isa, _ := kernels.Active(); isa == kernels.Go {
		t.Skip("trains whole recipes, which takes minutes in plain Go")
	}
}

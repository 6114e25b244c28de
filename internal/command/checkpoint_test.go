package command

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/inversenet/inversenet/internal/report"
	"github.com/inversenet/inversenet/internal/safetensors"
)

// resumable are the flags of a training with all that a checkpoint must keep,
// saved after every iteration.
var resumable = []string{"train", "--epochs", "30", "--batch", "100", "--latents", "64", "--clip", "1", "--warm-up", "5",
	"--checkpoint", "c", "--checkpoint-every", "1", "--report", "r.json"}

// uninterrupted is the model of a training, and its report.
func uninterrupted(t *testing.T, flags []string) ([]byte, report.Numbers) {
	t.Helper()
	needsKernels(t)
	t.Chdir(t.TempDir())
	succeed(t, flags...)
	return mustRead(t, "inversenet-out/model.safetensors"), readReport(t, "r.json")
}

func mustRead(t *testing.T, path string) []byte {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// startProcess runs the command in a process of its own, in the current folder.
func startProcess(t *testing.T, args ...string) (c *exec.Cmd, out, errs *bytes.Buffer) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	out, errs = new(bytes.Buffer), new(bytes.Buffer)
	c = exec.Command(exe, args...)
	c.Env = append(os.Environ(), asCommand+"=1")
	c.Stdout, c.Stderr = out, errs
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Process.Kill() })
	return c, out, errs
}

// await waits for a file that a process writes.
func await(t *testing.T, path string) {
	t.Helper()
	for range 3000 {
		if _, err := os.Stat(path); err == nil {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("%s was not written", path)
}

func exitCode(t *testing.T, c *exec.Cmd) int {
	t.Helper()
	var exit *exec.ExitError
	if err := c.Wait(); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return c.ProcessState.ExitCode()
}

// sameEnd trains to the end from the checkpoint and compares with what an
// uninterrupted training gave.
func sameEnd(t *testing.T, model []byte, want report.Numbers) {
	t.Helper()
	r := succeed(t, append(resumable, "--threads", "1")...)
	if !strings.Contains(r.err, "continuing after ") || !strings.Contains(r.err, " of 300 iterations from c\n") {
		t.Errorf("said %q", r.err)
	}
	if !bytes.Equal(mustRead(t, "inversenet-out/model.safetensors"), model) {
		t.Error("the model differs from that of an uninterrupted training")
	}
	got := readReport(t, "r.json")
	got.TrainSeconds, got.Threads = want.TrainSeconds, want.Threads
	if a, b := mustJSON(t, got), mustJSON(t, want); a != b {
		t.Errorf("the report differs:\n%s\n%s", a, b)
	}
}

// An interrupted training says how to go on, and ends as if nothing had happened.
func TestInterrupt(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("processes cannot be interrupted from outside")
	}
	model, want := uninterrupted(t, resumable)
	dir := inFolder(t)
	c, _, errs := startProcess(t, resumable...)
	await(t, "c")
	c.Process.Signal(syscall.SIGINT)
	if code := exitCode(t, c); code != exitInterrupted {
		t.Fatalf("exit code %d, want 130: %s", code, errs)
	}
	last := lastLine(errs.String())
	if !strings.HasPrefix(last, "inversenet: interrupted after ") || !strings.HasSuffix(last, "; continue with: inversenet "+strings.Join(resumable, " ")) {
		t.Errorf("said %q", last)
	}
	if got := names(t, dir); len(got) != 1 || got[0] != "c" {
		t.Errorf("files %v, want the checkpoint alone", got)
	}
	sameEnd(t, model, want)
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}

// Without --checkpoint the training is saved in the output folder; an iteration
// that takes long is not waited for.
func TestInterruptInALongIteration(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("processes cannot be interrupted from outside")
	}
	inFolder(t)
	long := []string{"train", "--latents", "128", "--inner-steps", "3000", "--inner-step", "0.1", "--batch", "0", "--out", "my run"}
	c, out, errs := startProcess(t, long...)
	for range 3000 { // the first iteration begins after the headline
		if _, err := os.Stat("my run"); err == nil {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	time.Sleep(300 * time.Millisecond)
	c.Process.Signal(syscall.SIGINT)
	if code := exitCode(t, c); code != exitInterrupted {
		t.Fatalf("exit code %d, want 130: %s%s", code, out, errs)
	}
	if last := lastLine(errs.String()); !strings.Contains(last, "--out 'my run'") || !strings.HasSuffix(last, " --checkpoint '"+filepath.Join("my run", report.CheckpointName)+"'") {
		t.Errorf("said %q", last)
	}
	if got := names(t, "my run"); len(got) != 1 || got[0] != report.CheckpointName {
		t.Errorf("files %v, want the checkpoint alone", got)
	}
}

// A training that is killed, at any moment, continues. INVERSENET_SLOW=1 kills it a
// hundred times.
func TestKill(t *testing.T) {
	kills := 5
	if os.Getenv("INVERSENET_SLOW") != "" {
		kills = 100
	}
	model, want := uninterrupted(t, resumable)
	dir := inFolder(t)
	rng := rand.New(rand.NewPCG(5, 6))
	resumed, finished := 0, 0
	for range kills {
		_, err := os.Stat("c")
		c, _, errs := startProcess(t, resumable...)
		time.Sleep(time.Duration(rng.IntN(400)) * time.Millisecond)
		c.Process.Kill()
		if exitCode(t, c) == exitOK {
			finished++
			if !bytes.Equal(mustRead(t, "inversenet-out/model.safetensors"), model) {
				t.Error("the model differs from that of an uninterrupted training")
			}
			os.Remove("c")
		}
		if err == nil && strings.HasPrefix(errs.String(), "continuing after ") {
			resumed++
		}
	}
	t.Logf("%d kills, of which %d came after a training had continued and %d after its end", kills, resumed, finished)
	if _, err := os.Stat("c"); err == nil {
		sameEnd(t, model, want)
	}
	for _, name := range names(t, dir) {
		if strings.HasPrefix(name, ".c.") {
			t.Errorf("%s was left behind", name)
		}
	}
}

// A checkpoint that cannot be written ends the training with one clear line.
func TestCheckpointFolderVanishes(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("folders in use cannot be removed")
	}
	inFolder(t)
	if err := os.Mkdir("d", 0o755); err != nil {
		t.Fatal(err)
	}
	c, _, errs := startProcess(t, "train", "--checkpoint", "d/c", "--checkpoint-every", "1", "--epochs", "10000")
	await(t, "d/c")
	if err := os.Rename("d", "elsewhere"); err != nil {
		t.Fatal(err)
	}
	if code := exitCode(t, c); code != exitFailure || !strings.HasPrefix(lastLine(errs.String()), "inversenet: cannot write d/c: ") {
		t.Errorf("exit code %d, %q", code, errs)
	}
	// A file that was being written when its folder went away cannot be removed by
	// its name any more: it may stay beside the last checkpoint, which is whole.
	if got := names(t, "elsewhere"); !slices.Contains(got, "c") || len(got) > 2 {
		t.Errorf("files %v, want the last checkpoint and at most one that was not finished", got)
	}
	if _, err := safetensors.ReadFile("elsewhere/c"); err != nil {
		t.Error(err)
	}
}

func TestCheckpointRefuses(t *testing.T) {
	inFolder(t)
	flags := []string{"train", "--recipe", "notebook", "--outer-steps", "4"}
	succeed(t, append(flags, "--checkpoint", "c")...)
	before := mustRead(t, "c")
	writeFile(t, "text", "no checkpoint")
	writeFile(t, "cut", string(before[:len(before)-1]))
	for _, c := range []struct{ args, want string }{
		{"--checkpoint c --seed 7", "cannot continue from c: it belongs to a training with other settings"},
		{"--checkpoint c --train-rows 1:1000", "cannot continue from c: it belongs to a training with other settings"},
		{"--checkpoint c --precision f32", "cannot continue from c: it belongs to a training with other settings"},
		{"--checkpoint inversenet-out/model.safetensors", "it is no checkpoint"},
		{"--checkpoint text", "text"},
		{"--checkpoint cut", "cut"},
		{"--checkpoint nowhere/c", "cannot write nowhere/c"},
		{"--checkpoint inversenet-out", "it is a folder"},
	} {
		r := run(t, append(flags, strings.Fields(c.args)...)...)
		if r.code != exitFailure || !strings.Contains(r.err, c.want) || strings.Count(r.err, "\n") != 1 {
			t.Errorf("%s: exit code %d, %q, want %q", c.args, r.code, r.err, c.want)
		}
	}
	if !bytes.Equal(mustRead(t, "c"), before) {
		t.Error("a refusal changed the checkpoint")
	}
}

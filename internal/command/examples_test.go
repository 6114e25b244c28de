package command

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// commandLine is an example as a shell would take it apart, as far as examples
// go: cat file | or VARIABLE=value before, > file and # comment after.
type commandLine struct {
	in   string // file that is piped in
	isa  string
	args []string
}

var (
	commentOrOutput = regexp.MustCompile(`\s+[#>].*$`)
	exampleLine     = regexp.MustCompile(`^\s*(?:\$ )?(?:cat (\S+) \| )?(?:INVERSENET_ISA=(\w+) )?(?:go run \./cmd/)?inversenet (.*)$`)
)

func parseExample(line string) (commandLine, bool) {
	m := exampleLine.FindStringSubmatch(commentOrOutput.ReplaceAllString(line, ""))
	if m == nil {
		return commandLine{}, false
	}
	return commandLine{in: m[1], isa: m[2], args: strings.Fields(m[3])}, true
}

// runExamples runs the command lines among the given ones, in order and in one
// folder, and returns how many there were.
func runExamples(t *testing.T, lines []string) (count int) {
	t.Helper()
	writeFile(t, "images.csv", digitsCSV(t, 1500, 1510, false))
	writeFile(t, "labelled.csv", digitsCSV(t, 0, 100, true))
	for _, line := range lines {
		c, ok := parseExample(line)
		if !ok {
			continue
		}
		count++
		var r result
		if c.isa != "" {
			r = runProcess(t, c.isa, c.args...)
		} else {
			r = runWithInput(t, contents(t, c.in), c.args...)
		}
		if r.code != exitOK {
			t.Errorf("%s: exit code %d: %s", line, r.code, r.err)
		}
	}
	return count
}

// contents of a file that is piped in, if any.
func contents(t *testing.T, path string) string {
	t.Helper()
	if path == "" {
		return ""
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestExamplesInHelp(t *testing.T) {
	needsKernels(t)
	scans, err := filepath.Abs("testdata/scans")
	if err != nil {
		t.Fatal(err)
	}
	inFolder(t)
	if err := os.CopyFS("scans", os.DirFS(scans)); err != nil {
		t.Fatal(err)
	}
	root := newRoot(Streams{}, new(bool))
	lines := strings.Split(root.Example, "\n")
	for _, name := range []string{"train", "evaluate", "predict", "invert", "generate", "show", "export", "toy", "info", "version"} {
		c, _, err := root.Find([]string{name})
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, strings.Split(c.Example, "\n")...)
	}
	if n := runExamples(t, lines); n != len(lines) {
		t.Errorf("%d of %d lines are commands", n, len(lines))
	}
}

func readme(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// codeBlocks are the contents of README's code blocks in a language.
func codeBlocks(text, language string) (blocks []string) {
	for _, m := range regexp.MustCompile("(?s)```"+language+"\n(.*?)```").FindAllStringSubmatch(text, -1) {
		blocks = append(blocks, m[1])
	}
	return blocks
}

func TestCommandsInREADME(t *testing.T) {
	needsKernels(t)
	text := readme(t)
	data, err := filepath.Abs("../digits")
	if err != nil {
		t.Fatal(err)
	}
	scans, err := filepath.Abs("testdata/scans")
	if err != nil {
		t.Fatal(err)
	}
	inFolder(t)
	for path, from := range map[string]string{"internal/digits": data, "scans": scans} {
		if err := os.CopyFS(path, os.DirFS(from)); err != nil {
			t.Fatal(err)
		}
	}
	lines := strings.Split(strings.Join(codeBlocks(text, "console"), ""), "\n")
	if n := runExamples(t, lines); n < 5 {
		t.Errorf("%d commands, want at least 5", n)
	}
}

// programsInREADME are the Go programs of the README, and what they are said to
// print.
func programsInREADME(t *testing.T) (programs, prints []string) {
	t.Helper()
	programs = codeBlocks(readme(t), "go")
	for _, p := range programs {
		_, want, _ := strings.Cut(p, "// Output: ")
		want, _, _ = strings.Cut(want, "\n")
		if want == "" {
			t.Fatalf("a program does not say what it prints:\n%s", p)
		}
		prints = append(prints, want)
	}
	return programs, prints
}

// buildProgram compiles a program that imports this module.
func buildProgram(t *testing.T, text string) (path string) {
	t.Helper()
	goCommand, err := exec.LookPath("go")
	if err != nil {
		t.Skip("the go command is not in the path")
	}
	dir := t.TempDir()
	path = filepath.Join(dir, "program.exe") // the name that Windows wants
	build := exec.Command(goCommand, "build", "-o", path, writeFile(t, filepath.Join(dir, "main.go"), text))
	build.Dir = "../.."
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return path
}

// The Go programs of the README compile, and print what the README says they do,
// one of them of a model that the command has trained, and of a row in the data.
func TestProgramsInREADME(t *testing.T) {
	needsKernels(t)
	programs, prints := programsInREADME(t)
	if len(programs) != 2 || strings.Count(programs[0], "\n") > 35 {
		t.Fatalf("%d Go programs, want 2, the first of about 30 lines", len(programs))
	}
	var built []string
	for _, p := range programs {
		built = append(built, buildProgram(t, p))
	}
	inFolder(t)
	succeed(t, "train")
	for i, path := range built {
		c := exec.Command(path)
		c.Stdin = strings.NewReader(digitsCSV(t, 1000, 1001, false))
		out, err := c.CombinedOutput()
		if got := strings.TrimSpace(string(out)); err != nil || got != prints[i] {
			t.Errorf("program %d prints %q (%v), the README says %q", i, got, err, prints[i])
		}
	}
}

// The Python program of the README reads a model as the command does, where
// Python has the packages that it needs.
func TestPythonInREADME(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil || exec.Command(python, "-c", "import numpy, safetensors").Run() != nil {
		t.Skip("there is no Python with NumPy and safetensors")
	}
	blocks := codeBlocks(readme(t), "python")
	if len(blocks) != 1 {
		t.Fatalf("%d Python programs, want 1", len(blocks))
	}
	dir := inFolder(t)
	succeed(t, "train")
	writeFile(t, "program.py", blocks[0])
	c := exec.Command(python, "program.py")
	c.Dir = dir
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	_, want, _ := strings.Cut(strings.TrimSpace(blocks[0]), "head.bias\"]))  # ")
	if got := strings.TrimSpace(string(out)); got != want || want == "" {
		t.Errorf("it prints %q, the README says %q", got, want)
	}
}

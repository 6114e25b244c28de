package command

import (
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// badValues are what no flag of a type takes, unless allowedAfterAll says so.
var badValues = map[string][]string{
	"bool":               {"maybe", "2", ""},
	"int":                {"-1", "-99999999999999999999", "99999999999999999999", "1.5", "1e3", "NaN", "Inf", ""},
	"uint32":             {"-1", "4294967296", "1.5", "NaN", ""},
	"float64":            {"-1", "-1e-300", "-0.5", "NaN", "nan", "Inf", "+Inf", "-Inf", "infinity", "1e400", "0x", ""},
	"intSlice":           {"-1,-1", "0,NaN", "1", "0,1,2", "99999999999999999999,1", ","},
	"float64Slice":       {"NaN,1", "0,Inf", "-Inf,0", "1", "0,1,2", ","},
	"FROM:TO":            {"-1:5", ":-1", "5:1", "5:5", "NaN:", "0:1e3", "0:99999999999999999999", ""},
	"HxW":                {"0x1", "-1x8", "8x", "NaNx8", "8x8x8", "99999x1", ""},
	"NAME":               {"unknown", "", "-1"},
	"HOW":                {"unknown", "", "NaN"},
	"f32|f64":            {"f16", ""},
	"none|linear|WIDTHS": {"-1", "0", "64,", "64,NaN", "1e3", "99999999999999999999", ""},
}

// textFlags are the flags of texts that are not names of files, with what they do
// not take.
var textFlags = map[string][]string{
	"recipe": {"unknown", ""},
	"output": {"unknown", ""},
	"format": {"unknown"},
	"z":      {"NaN", "0:NaN", "0:Inf", "-1:2", "999999:1", "x:1", "0:1,2", ""},
}

// allowedAfterAll are values that a flag does take, and why.
var allowedAfterAll = map[string]string{
	"--outer-steps=-1":    "as many as --epochs take",
	"--threshold=-1":      "a threshold of non-negative-soft may be below 0",
	"--threshold=-0.5":    "a threshold of non-negative-soft may be below 0",
	"--threshold=-1e-300": "a threshold of non-negative-soft may be below 0",
}

// beside are the arguments that a flag is tried with.
func beside(c *cobra.Command, flag, model string) []string {
	switch c.Name() {
	case "evaluate", "predict", "invert", "show":
		return []string{c.Name(), model}
	case "export":
		return []string{c.Name(), model, "--npz", "x.npz"}
	case "generate":
		switch flag {
		case "z", "between":
			return []string{c.Name(), model}
		case "span":
			return []string{c.Name(), model, "--row", "0", "--grid", "0,1"}
		case "row":
			return []string{c.Name(), model}
		}
		return []string{c.Name(), model, "--row", "0"}
	}
	return []string{c.Name()}
}

// Every flag of every command refuses what it cannot use, by its name, before
// anything is written.
func TestFlagsRefuse(t *testing.T) {
	model, _ := trainedModel(t)
	tried := map[string]int{}
	for _, c := range newRoot(Streams{}, new(bool)).Commands() {
		if c.Name() == "completion" || c.Name() == "help" {
			continue
		}
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			bad := badValues[f.Value.Type()]
			if f.Value.Type() == "string" {
				bad = textFlags[f.Name]
			}
			if bad == nil && f.Value.Type() != "string" && f.Value.Type() != "stringArray" {
				t.Errorf("%s --%s is of the type %s, for which no bad value is known", c.Name(), f.Name, f.Value.Type())
			}
			for _, value := range bad {
				word := "--" + f.Name + "=" + value
				if _, ok := allowedAfterAll[word]; ok || c.Name() == "invert" && f.Name == "rows" {
					continue
				}
				tried[f.Value.Type()]++
				dir := inFolder(t)
				r := run(t, append(beside(c, f.Name, model), word)...)
				if r.code != exitUsage || !strings.Contains(r.err, "--"+f.Name) || strings.Count(r.err, "\n") != 1 || r.out != "" {
					t.Errorf("%s %s: exit code %d, %q, output %q", c.Name(), word, r.code, r.err, r.out)
				}
				if left := names(t, dir); left != nil {
					t.Errorf("%s %s left %v", c.Name(), word, left)
				}
			}
		})
	}
	for _, kind := range []string{"int", "uint32", "float64", "bool", "NAME", "FROM:TO", "float64Slice"} {
		if tried[kind] == 0 {
			t.Errorf("no flag of the type %s was tried", kind)
		}
	}
}

// What is allowed after all is taken.
func TestFlagsTake(t *testing.T) {
	for word := range allowedAfterAll {
		inFolder(t)
		succeed(t, "train", "--epochs", "0", "--latents", "5", word)
		if got := names(t, "."); !slices.Equal(got, []string{"inversenet-out"}) {
			t.Errorf("%s: files %v", word, got)
		}
	}
}

package main

import (
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"
)

// fake is a side that logs its calls and returns its results in turn.
type fake struct {
	name    string
	log     *[]string
	seconds []float64
	err     error
	sum     float64
}

func (f *fake) Name() string { return f.name }

func (f *fake) Measure(workload, int, time.Duration) (measurement, error) {
	*f.log = append(*f.log, f.name)
	if f.err != nil {
		return measurement{}, f.err
	}
	s := f.seconds[0]
	f.seconds = f.seconds[1:]
	return measurement{Seconds: s, Runs: 3, Checksum: f.sum, Variant: "columns"}, nil
}

func TestSidesTakeTurns(t *testing.T) {
	var log []string
	w := workload{Name: "w", Kind: "train", Checksum: 1}
	sides := []side{
		&fake{name: "A", log: &log, seconds: []float64{2, 1, 4}, sum: 1},
		&fake{name: "B", log: &log, seconds: []float64{6, 4, 8}, sum: 1},
		&fake{name: "C", log: &log, err: errUnsupported},
		&fake{name: "D", log: &log, seconds: []float64{1}, sum: 1.1},
	}
	c := measureCase(w, 2, sides, 3, time.Second)
	if got, want := strings.Join(log, ""), "ABCDABAB"; got != want {
		t.Errorf("order %s, want %s: a side that failed is not asked again", got, want)
	}
	if s, ok := c.seconds(1); s != 6 || !ok {
		t.Errorf("median of B = %v, %v, want 6", s, ok)
	}
	// Within the rounds: 6/2, 4/1 and 8/4; not 6/2 of the medians.
	if q, ok := c.ratio(1); q != (ratio{3, 2, 4}) || !ok {
		t.Errorf("ratio of B = %v, %v, want 3 from 2 to 4", q, ok)
	}
	if _, ok := c.seconds(2); ok {
		t.Error("C has a time though it cannot do the workload")
	}
	if err := c.failed(); err == nil || !strings.Contains(err.Error(), "checksum 1.1, want 1") {
		t.Errorf("failed() = %v, want the wrong checksum of D", err)
	}
	r := &results{sides: sides, cases: []comparison{c}}
	want := "| w | 2 | 2000 columns | 6000 columns (**3×**, 2–4) | not supported | failed |\n"
	if !strings.Contains(r.markdown(), want) {
		t.Errorf("no line %q in\n%s", want, r.markdown())
	}
}

func TestResultsKeepTheRestOfTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "RESULTS.md")
	for _, c := range []struct{ name, before, want string }{
		{"new", "", "# Results\n\n" + beginMark + "\n\nT\n\n" + endMark + "\n"},
		{"between", "top\n" + beginMark + "\nold\n" + endMark + "\nend\n", "top\n" + beginMark + "\n\nT\n\n" + endMark + "\nend\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.before != "" {
				if err := os.WriteFile(path, []byte(c.before), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if err := writeResults(path, "T\n"); err != nil {
				t.Fatal(err)
			}
			if got, err := os.ReadFile(path); string(got) != c.want || err != nil {
				t.Errorf("%q, %v, want %q", got, err, c.want)
			}
		})
	}
}

func TestResultsRefuseAFileWithoutMarks(t *testing.T) {
	path := filepath.Join(t.TempDir(), "notes.md")
	if err := os.WriteFile(path, []byte("mine\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := writeResults(path, "T"); err == nil || !strings.Contains(err.Error(), "-out") {
		t.Errorf("error %v, want one that names -out", err)
	}
	if got, _ := os.ReadFile(path); string(got) != "mine\n" {
		t.Errorf("the file became %q", got)
	}
	if err := checkResults(filepath.Join(t.TempDir(), "none", "R.md")); err == nil {
		t.Error("a folder that does not exist was accepted")
	}
}

func TestParseThreads(t *testing.T) {
	all := runtime.NumCPU()
	for _, c := range []struct {
		list string
		want []int
	}{{"1", []int{1}}, {"all", []int{all}}, {"1,1", []int{1}}, {"0", nil}, {"", nil}, {"1,some", nil}} {
		if got, err := parseThreads(c.list); !reflect.DeepEqual(got, c.want) || (err != nil) != (c.want == nil) {
			t.Errorf("parseThreads(%q) = %v, %v, want %v", c.list, got, err, c.want)
		}
	}
}

func TestAbsentPeersAreNamed(t *testing.T) {
	p, absent, err := findPeers(filepath.Join(t.TempDir(), "no-python"))
	if err != nil {
		t.Fatal(err)
	}
	defer p.close()
	if len(p.list) != 0 || len(absent) != len(peerPrograms) {
		t.Errorf("found %v, absent %v", p.list, absent)
	}
	for i, a := range absent {
		if !strings.HasPrefix(a, peerPrograms[i].name) {
			t.Errorf("%q does not name %s", a, peerPrograms[i].name)
		}
	}
}

func TestSelectedRefuses(t *testing.T) {
	for _, o := range []options{
		{work: "none", threads: "1", rounds: 1, seconds: 1},
		{work: "(", threads: "1", rounds: 1, seconds: 1},
		{work: ".", threads: "1", rounds: 0, seconds: 1},
		{work: ".", threads: "1", rounds: 1, seconds: 0},
	} {
		if _, _, err := o.selected(); err == nil {
			t.Errorf("%+v was accepted", o)
		}
	}
}

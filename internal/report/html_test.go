package report

import (
	"bytes"
	"fmt"
	"math"
	"regexp"
	"strings"
	"testing"
	"time"

	"encoding/base64"
	"encoding/xml"
	"image/png"

	"github.com/inversenet/inversenet/internal/experiment"
	"github.com/inversenet/inversenet/internal/figures"
)

// sample is a run on three classes of 2×2 images, of which row 11 was misread.
func sample() Run {
	return Run{
		Title:    "a run <of> this & that",
		Finished: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
		Results:  []Field{{"test accuracy", "66.67 %"}},
		Command:  "inversenet train --seed 7",
		Settings: []Field{{"recipe", "small"}},
		Machine:  []Field{{"instruction set", "go"}},
		Loss:     []float64{2, 1.5, math.NaN(), 1},
		Accuracy: []Curve{{"training rows", []int{0, 3}, []float64{0.3, 1}}, {"test rows", []int{0, 3}, []float64{0.3, 0.6}}},
		Shape:    figures.Shape{Height: 2, Width: 2},
		Atoms:    []float64{1, 0, 0, 1, 1, -1, 0, 0.5}, AtomCount: 2,
		Test: experiment.Readings{
			Name: "rows 10:13", FirstRow: 10, Classes: []string{"cat", "dog", "eel"},
			Labels:        []int{0, 1, 2},
			Probabilities: [][]float64{{0.9, 0.1, 0}, {0.25, 0, 0.75}, {0.1, 0.1, 0.8}},
			Images:        [][]float64{{1, 0, 0, 1}, {1, 1, 0, 0}, {0, 0, 1, 1}},
			Generated:     [][]float64{{1, 0, 0, 1}, {1, 0.5, 0, 0}, {0, 0, 1, 1}},
		},
	}
}

func write(t *testing.T, r Run) string {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestPageHoldsEverything(t *testing.T) {
	page := write(t, sample())
	for _, want := range []string{
		"<title>a run &lt;of&gt; this &amp; that</title>", "2 January 2026", "66.67 %", "small", "inversenet train --seed 7", "instruction set",
		`id="curves"`, "loss over the updates", "accuracy over the updates", "training rows",
		`id="confusion"`, "rows 10:13: 2 of 3 right", ">eel<", `id="calibration"`,
		`id="misread"`, "dog → eel", "row 11, 75 %", `id="atoms"`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is missing", want)
		}
	}
}

// The page is balanced markup, in which a reader of XML would find only HTML's
// liberties missing: void elements and the doctype.
func TestPageParses(t *testing.T) {
	page := strings.TrimPrefix(write(t, sample()), "<!DOCTYPE html>")
	d := xml.NewDecoder(strings.NewReader(page))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	var open []string
	for {
		token, err := d.Token()
		if token == nil {
			if len(open) != 0 || err == nil {
				t.Errorf("%v stay open (%v)", open, err)
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			open = append(open, token.Name.Local)
		case xml.EndElement:
			if open[len(open)-1] != token.Name.Local {
				t.Fatalf("%s ends inside of %v", token.Name.Local, open)
			}
			open = open[:len(open)-1]
		}
	}
}

func TestPageNeedsNothingElse(t *testing.T) {
	page := write(t, sample())
	for _, outside := range []string{"http:", "https:", "src=\"/", "@import", "<script", "<link rel=\"stylesheet"} {
		if strings.Contains(page, outside) {
			t.Errorf("%q is in the page", outside)
		}
	}
	sources := regexp.MustCompile(`src="([^"]*)"`).FindAllStringSubmatch(page, -1)
	if len(sources) != 3 {
		t.Fatalf("%d pictures, want atoms, an image and what was generated", len(sources))
	}
	for _, s := range sources {
		encoded, ok := strings.CutPrefix(strings.ReplaceAll(s[1], "&#43;", "+"), "data:image/png;base64,")
		raw, err := base64.StdEncoding.DecodeString(encoded)
		if !ok || err != nil {
			t.Fatalf("%.40s…: %v", s[1], err)
		}
		if _, err := png.Decode(bytes.NewReader(raw)); err != nil {
			t.Error(err)
		}
	}
}

// A long run on many classes, misread throughout, stays a small file.
func TestPageIsSmall(t *testing.T) {
	r := sample()
	r.Shape = figures.Shape{Height: 8, Width: 8}
	r.AtomCount = 1000
	r.Atoms = make([]float64, 64*r.AtomCount)
	for i := range r.Atoms {
		r.Atoms[i] = math.Sin(float64(i * i))
	}
	r.Loss = make([]float64, 100_000)
	for i := range r.Loss {
		r.Loss[i] = 2 + math.Sin(float64(i*i))
	}
	r.Test = experiment.Readings{}
	for c := range 10 {
		r.Test.Classes = append(r.Test.Classes, fmt.Sprint(c))
	}
	for i := range 1000 {
		p := make([]float64, 10)
		p[(i+1)%10] = 1
		r.Test.Labels = append(r.Test.Labels, i%10)
		r.Test.Probabilities = append(r.Test.Probabilities, p)
		r.Test.Images = append(r.Test.Images, r.Atoms[64*i:64*i+64])
		r.Test.Generated = append(r.Test.Generated, r.Atoms[64*i:64*i+64])
	}
	page := write(t, r)
	if n := strings.Count(page, "<li>"); n != mostMisread {
		t.Errorf("%d misread images, want %d", n, mostMisread)
	}
	if !strings.Contains(page, "the first 400") {
		t.Error("the page does not say that it shows 400 of 1000 atoms")
	}
	if len(page) > 100<<10 {
		t.Errorf("%d bytes", len(page))
	}
}

func TestEmptyPartsAreLeftOut(t *testing.T) {
	page := write(t, Run{Title: "nothing"})
	for _, part := range []string{"curves", "confusion", "misread", "atoms", "calibration", "settings"} {
		if strings.Contains(page, `id="`+part+`"`) {
			t.Errorf("there is a part %s", part)
		}
	}
}

func TestWriteRefuses(t *testing.T) {
	tests := map[string]func(*Run){
		"a label too many":          func(r *Run) { r.Test.Labels = append(r.Test.Labels, 0) },
		"an unknown label":          func(r *Run) { r.Test.Labels[0] = 3 },
		"a missing probability":     func(r *Run) { r.Test.Probabilities[1] = []float64{1} },
		"an image of another size":  func(r *Run) { r.Test.Images[0] = []float64{1} },
		"atoms of another size":     func(r *Run) { r.Atoms = r.Atoms[1:] },
		"a curve with a lost point": func(r *Run) { r.Accuracy[0].Steps = nil },
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			r := sample()
			change(&r)
			var b bytes.Buffer
			if err := Write(&b, r); err == nil || b.Len() > 0 {
				t.Errorf("error %v after %d bytes", err, b.Len())
			}
		})
	}
}

package main

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/inversenet/inversenet/inverse"
)

func loadDigits(t *testing.T) inverse.Data[float32] {
	t.Helper()
	d, err := load()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// Every training row is left out once, no test row is ever used, and a fold is a
// run of neighbours.
func TestSplit(t *testing.T) {
	d := inverse.Data[float32]{X: inverse.NewMatrix[float32](longTest, 1), Labels: make([]int, longTest)}
	for i := range longTest {
		d.X.Row(i)[0], d.Labels[i] = float32(i), i
	}
	for _, folds := range []int{2, 3, 5, 1000} {
		var all []int
		for f := range folds {
			others, left := split(d, f, folds)
			all = append(all, left.Labels...)
			both := slices.Concat(others.Labels, left.Labels)
			slices.Sort(both)
			if !slices.Equal(both, d.Labels[:trainRows]) {
				t.Fatalf("fold %d of %d: not the training rows", f, folds)
			}
			for _, part := range []inverse.Data[float32]{others, left} {
				for i, label := range part.Labels {
					if part.X.Row(i)[0] != float32(label) {
						t.Fatalf("fold %d of %d: row %v has the label of row %d", f, folds, part.X.Row(i)[0], label)
					}
				}
			}
		}
		if !slices.Equal(all, d.Labels[:trainRows]) {
			t.Errorf("%d folds: left out %v", folds, all)
		}
	}
}

// The result depends neither on the number of trainings at a time nor on
// threads, and its parts agree.
func TestCrossValidate(t *testing.T) {
	d := loadDigits(t)
	s, err := recipes[0].settings.with("latents=64,epochs=3")
	if err != nil {
		t.Fatal(err)
	}
	one, err := crossValidate(s, d, options{folds: 2, seeds: 2, jobs: 1, threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	more, err := crossValidate(s, d, options{folds: 2, seeds: 2, jobs: 3, threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(one.seeds, more.seeds) || !slices.Equal(one.folds, more.folds) {
		t.Errorf("one at a time %+v, three at a time %+v", one, more)
	}
	const chance = 10
	if !(one.mean > 3*chance) {
		t.Errorf("accuracy %.1f %%", one.mean)
	}
	for _, parts := range [][]float64{one.seeds, one.folds} {
		if mean := (parts[0] + parts[1]) / 2; math.Abs(mean-one.mean) > 1e-9 {
			t.Errorf("mean %v of parts %v", one.mean, parts)
		}
	}
}

func TestRefuses(t *testing.T) {
	good := options{recipe: "linear", folds: 2, seeds: 1}
	tests := []struct {
		part   string
		change func(*options)
	}{
		{"want one of unfolded, linear", func(o *options) { o.recipe = "other" }},
		{"2 to 1000 folds", func(o *options) { o.folds = 1 }},
		{"2 to 1000 folds", func(o *options) { o.folds = 1001 }},
		{"at least 1 seed", func(o *options) { o.seeds = 0 }},
		{"no variants", func(o *options) { o.test, o.variants = true, []string{"epochs=1"} }},
		{"at most one", func(o *options) { o.curve, o.variants = true, []string{"epochs=1", "epochs=2"} }},
		{"want setting=value", func(o *options) { o.variants = []string{"epoch=1"} }},
		{"unknown prox", func(o *options) { o.variants = []string{"prox=maybe"} }},
		{"normal or images", func(o *options) { o.variants = []string{"atoms=maybe"} }},
		{"Scale is 2", func(o *options) { o.variants = []string{"scale=2"} }},
	}
	for _, test := range tests {
		o := good
		test.change(&o)
		if err := run(o, new(strings.Builder)); err == nil || !strings.Contains(err.Error(), test.part) {
			t.Errorf("error %v, want one with %q", err, test.part)
		}
	}
}

func TestCurve(t *testing.T) {
	var out strings.Builder
	err := run(options{recipe: "unfolded", folds: 5, seeds: 1, curve: true, variants: []string{"latents=32,epochs=5"}}, &out)
	if err != nil {
		t.Fatal(err)
	}
	if lines := strings.Count(out.String(), "\n"); lines != 2+20 {
		t.Errorf("%d lines:\n%s", lines, out.String())
	}
}

func TestTables(t *testing.T) {
	var out strings.Builder
	o := options{recipe: "linear", folds: 2, seeds: 1, variants: []string{"epochs=1", "generatorrate=1e30"}}
	if err := run(o, &out); err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"Recipe linear: latents=", "| (nearest neighbour) |", "| epochs=1 |", "| generatorrate=1e30 | diverges |"} {
		if !strings.Contains(out.String(), part) {
			t.Errorf("no %q in\n%s", part, out.String())
		}
	}
}

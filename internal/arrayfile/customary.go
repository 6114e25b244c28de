package arrayfile

import (
	"fmt"
	"slices"
	"strings"
)

// What people call arrays of samples and of labels.
var (
	sampleNames = []string{"x", "data", "images", "image", "features", "samples", "inputs"}
	labelNames  = []string{"y", "target", "targets", "labels", "label"}
)

// pair is an array of samples and that of their labels.
type pair struct{ samples, labels string }

// customary finds the pairs among the arrays of an NPZ whose names say what they
// are: one, or one to train on and one to test on, in that order. It finds none
// where a name could be meant for two, or where samples or labels are missing.
func customary(names []string) []pair {
	found := map[string]string{}
	for _, name := range names {
		part, kind := meaning(name)
		if kind == "" {
			continue
		}
		if _, twice := found[part+kind]; twice {
			return nil
		}
		found[part+kind] = name
	}
	all := pair{found["samples"], found["labels"]}
	train := pair{found["train samples"], found["train labels"]}
	test := pair{found["test samples"], found["test labels"]}
	switch {
	case len(found) == 2 && all.complete():
		return []pair{all}
	case len(found) == 2 && train.complete():
		return []pair{train}
	case len(found) == 4 && train.complete() && test.complete():
		return []pair{train, test}
	}
	return nil
}

func (p pair) complete() bool { return p.samples != "" && p.labels != "" }

// meaning takes a name apart into the part of the data, "train ", "test " or "" for
// all of it, and samples or labels, or "" for anything else.
func meaning(name string) (part, kind string) {
	rest := strings.ToLower(name)
	for _, p := range []string{"train", "test"} {
		if r, ok := strings.CutPrefix(rest, p); ok {
			part, rest = p+" ", r
		} else if r, ok := strings.CutSuffix(rest, p); ok {
			part, rest = p+" ", r
		}
		if part != "" {
			break
		}
	}
	rest = strings.Trim(rest, "_-. ")
	switch {
	case slices.Contains(sampleNames, rest):
		return part, "samples"
	case slices.Contains(labelNames, rest):
		return part, "labels"
	}
	return "", ""
}

// readCustomary reads the pairs one after the other.
func readCustomary[T float32 | float64](a *npzArrays, pairs []pair, b *builder[T]) error {
	for i, p := range pairs {
		next := b
		if i > 0 {
			next = &builder[T]{opt: b.opt, label: -1}
		}
		if err := a.read(p.samples, func(member *source) error { return readNPY(member, next) }); err != nil {
			return err
		}
		if err := readLabels(a, p.labels, p.samples, next); err != nil {
			return err
		}
		if i == 0 {
			continue
		}
		if next.columns != b.columns || !slices.Equal(next.shape, b.shape) {
			return fmt.Errorf("its array %s holds samples of the shape %s, but %s of %s", quote(p.samples), tuple(next.shape), quote(pairs[0].samples), tuple(b.shape))
		}
		b.split = len(b.samples) / b.kept()
		b.samples = append(b.samples, next.samples...)
		b.labels = append(b.labels, next.labels...)
		b.labelSource = fmt.Sprintf("arrays %s and %s", quote(pairs[0].labels), quote(p.labels))
	}
	return nil
}

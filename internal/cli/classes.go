package cli

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/inversenet/inversenet/internal/modelfile"
)

// classesOf are the labels that occur, in order.
func classesOf(labels []int) []int {
	classes := slices.Clone(labels)
	slices.Sort(classes)
	return slices.Compact(classes)
}

// assignClasses gives each label that occurs in the data an output of its own and
// numbers the labels by it. The names of the classes are the labels.
func assignClasses(d *dataset) (names []string, err error) {
	classes := classesOf(d.labels)
	if len(classes) < 2 {
		return nil, fmt.Errorf("%s: all labels are %d, want at least 2 classes to tell apart", d.name, d.labels[0])
	}
	if len(classes) > maxLatents {
		return nil, fmt.Errorf("%s: %d different labels, want at most %d: are they labels of classes?", d.name, len(classes), maxLatents)
	}
	for i, label := range d.labels {
		d.labels[i], _ = slices.BinarySearch(classes, label)
	}
	for _, label := range classes {
		names = append(names, strconv.Itoa(label))
	}
	return names, nil
}

// noClass is the class of labels that a model does not know. It equals none that
// a model gives.
const noClass = -1

// numberLabels turns labels into the numbers of a model's outputs.
func numberLabels(labels []int, f *modelfile.File) []int {
	outputs := make(map[string]int, f.Outputs)
	for k := range f.Outputs {
		outputs[f.Class(k)] = k
	}
	numbers := make([]int, len(labels))
	for i, label := range labels {
		k, ok := outputs[strconv.Itoa(label)]
		if !ok {
			k = noClass
		}
		numbers[i] = k
	}
	return numbers
}

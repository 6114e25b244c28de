package dataset

import (
	"fmt"
	"slices"
	"strconv"
)

// MaxClasses is the most classes that data may have.
const MaxClasses = 10_000

// NoClass is the class of labels that a model does not know. It equals none that
// a model gives.
const NoClass = -1

// AssignClasses gives each label that occurs in the data an output of its own and
// numbers the labels by it. The names of the classes are those of the labels.
func (d *Dataset) AssignClasses() (names []string, err error) {
	classes := slices.Clone(d.Labels)
	slices.Sort(classes)
	classes = slices.Compact(classes)
	if len(classes) < 2 {
		return nil, fmt.Errorf("%s: all labels are %s, want at least 2 classes to tell apart", d.Name, d.LabelName(d.Labels[0]))
	}
	if len(classes) > MaxClasses {
		return nil, fmt.Errorf("%s: %d different labels, want at most %d: are they labels of classes?", d.Name, len(classes), MaxClasses)
	}
	for i, label := range d.Labels {
		d.Labels[i], _ = slices.BinarySearch(classes, label)
	}
	for _, label := range classes {
		names = append(names, d.LabelName(label))
	}
	d.LabelNames = names
	return names, nil
}

// LabelName is what a label stands for.
func (d *Dataset) LabelName(label int) string {
	if d.LabelNames != nil {
		return d.LabelNames[label]
	}
	return strconv.Itoa(label)
}

// NumberLabels turns labels into the numbers of the outputs of a model with the
// given classes, or into NoClass.
func (d *Dataset) NumberLabels(classes []string) {
	outputs := make(map[string]int, len(classes))
	for k, name := range classes {
		outputs[name] = k
	}
	numbers := make([]int, len(d.Labels))
	for i, label := range d.Labels {
		k, ok := outputs[d.LabelName(label)]
		if !ok {
			k = NoClass
		}
		numbers[i] = k
	}
	d.Labels, d.LabelNames = numbers, classes
}

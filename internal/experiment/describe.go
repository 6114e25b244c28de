package experiment

import (
	"fmt"
	"strings"
)

// Describe says what the data was taken for, as names and values.
func (j *Job) Describe() (lines [][2]string) {
	add := func(name, format string, args ...any) {
		lines = append(lines, [2]string{name, fmt.Sprintf(format, args...)})
	}
	d := j.Train
	add("data", "%s", d.Kind)
	if d.LabelSource != "" {
		add("labels", "%s", d.LabelSource)
	}
	if j.Classes != nil {
		add("classes", "%s", j.classCounts())
	}
	scaling := map[string]string{
		scalingNone:    "none",
		scalingRange:   "of all numbers by their range",
		scalingColumns: "of each column by its mean and deviation",
	}
	add("scaling", "%s", scaling[j.Settings.scaling.value])
	return lines
}

// classCounts are the classes with how many rows to train on each has, the first
// ones of many.
func (j *Job) classCounts() string {
	const most = 12
	counts := j.Train.Counts(len(j.Classes))
	var text []string
	for k, name := range j.Classes[:min(len(j.Classes), most)] {
		text = append(text, fmt.Sprintf("%s (%d)", name, counts[k]))
	}
	if more := len(j.Classes) - most; more > 0 {
		text = append(text, fmt.Sprintf("… and %d more", more))
	}
	return strings.Join(text, ", ")
}

// Warnings says what about the data is likely to be a mistake, with the remedy.
func (j *Job) Warnings() []string {
	all := j.warnings
	if j.Classes == nil {
		return all
	}
	const fewest = 5
	counts, tested := j.Train.Counts(len(j.Classes)), j.Test.Counts(len(j.Classes))
	var unseen, few []string
	for k, name := range j.Classes {
		switch {
		case counts[k] == 0 && tested[k] > 0:
			unseen = append(unseen, name)
		case counts[k] > 0 && counts[k] < fewest:
			few = append(few, fmt.Sprintf("%s (%d)", name, counts[k]))
		}
	}
	if len(unseen) > 0 {
		all = append(all, fmt.Sprintf("of the rows to test on, those of class %s cannot be read: no row to train on is of it; are the rows sorted by class? --train-rows and --test-rows choose others",
			some(unseen)))
	}
	switch {
	case len(j.Classes) == j.Train.Rows+j.Test.Rows && len(j.Classes) > 2:
		all = append(all, "every row has a label of its own: are they labels of classes? --label-column names another column")
	case len(few) > 0:
		all = append(all, fmt.Sprintf("fewer than %d rows to train on are of class %s", fewest, some(few)))
	}
	return all
}

// some lists the first ones of many.
func some(names []string) string {
	const most = 5
	if more := len(names) - most; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), more)
	}
	return strings.Join(names, ", ")
}

// warnOf keeps what is to be said about rows as they stand in the data.
func (j *Job) warnOf() {
	j.warnings = j.Train.Warnings()
	const ratio = 1000
	if r := j.Train.RangesDiffer(); r > ratio && j.Train.IsTable() && !j.Settings.scaling.is(scalingColumns) {
		j.warnings = append(j.warnings, fmt.Sprintf("the ranges of columns differ by a factor of %.0f, so that small ones count for nothing: want --scaling columns", r))
	}
}

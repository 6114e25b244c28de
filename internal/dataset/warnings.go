package dataset

import (
	"fmt"
	"math"
	"strings"
)

// Warnings says what about rows to train on is likely to be a mistake, with the
// remedy.
func (d *Dataset) Warnings() (all []string) {
	if j := d.countingColumn(); j >= 0 {
		all = append(all, fmt.Sprintf("%s counts the rows, and says nothing about the next ones: leave it out with --drop %s", d.Column(j), d.dropName(j)))
	}
	if !d.IsTable() {
		return all // pixels at the border of images may well be constant
	}
	var constant []string
	for j := range d.Pixels {
		if low, high := d.columnRange(j); low == high {
			constant = append(constant, d.Column(j))
		}
	}
	if len(constant) > 0 && d.Rows > 1 {
		all = append(all, fmt.Sprintf("%s the same in all rows to train on: --drop leaves columns out", severally(constant, "is", "are")))
	}
	return all
}

// severally lists up to three things and what follows them.
func severally(things []string, one, many string) string {
	const most = 3
	switch n := len(things); {
	case n == 1:
		return things[0] + " " + one
	case n > most:
		return fmt.Sprintf("%s and %d more %s", strings.Join(things[:most], ", "), n-most, many)
	default:
		return strings.Join(things[:n-1], ", ") + " and " + things[n-1] + " " + many
	}
}

// dropName is what --drop takes for column j: its number.
func (d *Dataset) dropName(j int) string {
	if d.ColumnNumbers != nil {
		j = d.ColumnNumbers[j] - 1
	}
	return fmt.Sprint(j + 1)
}

// countingColumn is a column that grows by one from row to row, or −1.
func (d *Dataset) countingColumn() int {
	const least = 10 // fewer rows may do so by chance
	if d.Rows < least {
		return -1
	}
	for j := range d.Pixels {
		counts := true
		for i := 1; i < d.Rows && counts; i++ {
			counts = d.X[i*d.Pixels+j] == d.X[(i-1)*d.Pixels+j]+1
		}
		if counts {
			return j
		}
	}
	return -1
}

func (d *Dataset) columnRange(j int) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for i := range d.Rows {
		low, high = min(low, d.X[i*d.Pixels+j]), max(high, d.X[i*d.Pixels+j])
	}
	return low, high
}

// RangesDiffer is the factor between the largest and the least range of columns
// that vary.
func (d *Dataset) RangesDiffer() float64 {
	least, most := math.Inf(1), 0.0
	for j := range d.Pixels {
		if low, high := d.columnRange(j); high > low {
			least, most = min(least, high-low), max(most, high-low)
		}
	}
	if most == 0 {
		return 1
	}
	return most / least
}

// Counts are the rows of each class, by labels that AssignClasses has numbered.
func (d *Dataset) Counts(classes int) []int {
	counts := make([]int, classes)
	for _, label := range d.Labels {
		if label >= 0 && label < classes {
			counts[label]++
		}
	}
	return counts
}

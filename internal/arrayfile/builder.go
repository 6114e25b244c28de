package arrayfile

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"unsafe"
)

var errEmpty = errors.New("it holds no numbers")

// builder takes the numbers of a file in row-major order, checks each, and keeps
// the labels apart from the samples.
type builder[T float32 | float64] struct {
	opt         Options
	columns     int    // in the file, with the one that holds labels
	label       int    // the column that holds labels, or -1
	dropped     []bool // by column; nil for none
	labelsOnly  bool   // drop everything that is not a label
	shape       []int  // of one sample
	names       []string
	numbers     []int // of the columns of samples, from 1
	guessed     int   // the column of labels, from 1, where the options name none; 0 for none
	labelSource string
	decimal     byte // the decimal sign of the numbers so far, or 0

	column  int // where the next number belongs
	samples []T
	labels  []int
	split   int   // rows that are meant for training, 0 where the file does not say
	texts   texts // of labels that are not numbers
}

// kept is how many columns hold samples.
func (b *builder[T]) kept() int {
	kept := b.columns
	for _, d := range b.dropped {
		if d {
			kept--
		}
	}
	if b.label >= 0 {
		kept--
	}
	return kept
}

// setShape takes the shape of an array whose first dimension counts the samples, and
// sets aside memory for at most reserve of its numbers.
func (b *builder[T]) setShape(shape []int, reserve int) error {
	if len(shape) == 1 && b.labelsOnly {
		shape = []int{shape[0], 1}
	}
	if len(shape) < 2 {
		return fmt.Errorf("its shape is %s; samples need two dimensions or more: (1, n) for one sample of n numbers, (n, 1) for n samples of one", tuple(shape))
	}
	rows, columns := shape[0], product(shape[1:])
	if rows == 0 || columns == 0 {
		return errEmpty
	}
	if err := b.setColumns(columns, nil); err != nil {
		return err
	}
	kept := b.kept()
	if kept == columns && !b.labelsOnly {
		b.shape = slices.Clone(shape[1:])
	}
	if b.label >= 0 {
		b.labels = make([]int, 0, min(rows, reserve))
	}
	if b.labelsOnly {
		return nil
	}
	var zero T
	if need := float64(rows) * float64(kept) * float64(unsafe.Sizeof(zero)); need > float64(b.opt.maxBytes()) {
		return fmt.Errorf("its shape %s needs %.0f bytes as %T; at most %d are allowed", tuple(shape), need, zero, b.opt.maxBytes())
	}
	b.samples = make([]T, 0, min(rows*kept, reserve))
	return nil
}

// setColumns says how many columns follow, and finds the one with the labels. names
// is nil where columns have none.
func (b *builder[T]) setColumns(columns int, names []string) error {
	b.columns = columns
	if err := b.setDropped(names); err != nil {
		return err
	}
	wanted := b.opt.LabelColumn
	switch at := slices.Index(names, wanted); {
	case wanted == "" && b.labelsOnly && columns == 1:
		b.label = 0
	case wanted == "" && b.labelsOnly:
		return fmt.Errorf("it holds %d columns: say which one has the labels", columns)
	case wanted == "":
		b.label = b.guessed - 1
	case at >= 0 && slices.Contains(names[at+1:], wanted):
		return fmt.Errorf("two columns are named %s", quote(wanted))
	case at >= 0:
		b.label = at
	case wanted == FirstColumn:
		for b.label = 0; b.label < columns-1 && b.isDropped(b.label); {
			b.label++
		}
	case wanted == LastColumn:
		for b.label = columns - 1; b.label > 0 && b.isDropped(b.label); {
			b.label--
		}
	case names == nil:
		return fmt.Errorf("its columns have no names, so none is %s: say %q or %q for the labels", quote(wanted), FirstColumn, LastColumn)
	default:
		return fmt.Errorf("it has no column %s; its columns are %s", quote(wanted), list(names))
	}
	switch {
	case b.label >= 0 && b.isDropped(b.label):
		return fmt.Errorf("its %s is to be dropped, but holds the labels", columnName(b.label, names))
	case b.label >= 0 && b.kept() == 0 && !b.labelsOnly:
		return errors.New("its only column holds the labels: no samples are left")
	case b.kept() == 0 && !b.labelsOnly:
		return errors.New("all its columns are to be dropped: no samples are left")
	}
	if b.label >= 0 {
		b.labelSource = columnName(b.label, names)
	}
	for column := range columns {
		if column == b.label || b.isDropped(column) {
			continue
		}
		b.numbers = append(b.numbers, column+1)
		if names != nil {
			b.names = append(b.names, names[column])
		}
	}
	return nil
}

// setDropped finds the columns that are to be left out, by name or by number.
func (b *builder[T]) setDropped(names []string) error {
	for _, wanted := range b.opt.Drop {
		at := slices.Index(names, wanted)
		if at < 0 {
			n, err := strconv.Atoi(wanted)
			if err != nil || n < 1 || n > b.columns {
				if names != nil {
					return fmt.Errorf("it has no column %s to drop; its columns are %s, or by number 1 to %d", quote(wanted), list(names), b.columns)
				}
				return fmt.Errorf("it has no column %s to drop; its columns are 1 to %d", quote(wanted), b.columns)
			}
			at = n - 1
		}
		if b.dropped == nil {
			b.dropped = make([]bool, b.columns)
		}
		b.dropped[at] = true
	}
	return nil
}

func (b *builder[T]) isDropped(column int) bool { return b.dropped != nil && b.dropped[column] }

// skip passes over a field that is not wanted.
func (b *builder[T]) skip() { b.column = (b.column + 1) % b.columns }

// numbersIfMoved are the numbers of the columns, unless they are 1 to their count.
func (b *builder[T]) numbersIfMoved() []int {
	for i, n := range b.numbers {
		if n != i+1 {
			return b.numbers
		}
	}
	return nil
}

// add takes the next number. Errors do not say where it stands.
func (b *builder[T]) add(x float64) error {
	column := b.column
	b.column++
	if b.column == b.columns {
		b.column = 0
	}
	if column == b.label {
		return b.addLabel(x)
	}
	if b.labelsOnly || b.isDropped(column) {
		return nil
	}
	y := T(x)
	if y-y != 0 { // NaN or infinite
		return notFinite(x, y)
	}
	b.samples = append(b.samples, y)
	return nil
}

func notFinite[T float32 | float64](x float64, y T) error {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return fmt.Errorf("%v is not a finite number", x)
	}
	return fmt.Errorf("%v is too large for %T", x, y)
}

func (b *builder[T]) addLabel(x float64) error {
	if x != math.Trunc(x) || math.IsInf(x, 0) {
		return fmt.Errorf("the label %v is not a whole number", x)
	}
	if x < 0 {
		return fmt.Errorf("the label %v is negative; labels count from 0", x)
	}
	if n := b.opt.Classes; n > 0 && x >= float64(n) {
		return fmt.Errorf("the label %v is out of range; %d classes have the labels 0 to %d", x, n, n-1)
	}
	if x >= maxClasses {
		return fmt.Errorf("the label %v is out of range; labels up to %d are allowed", x, maxClasses-1)
	}
	b.labels = append(b.labels, int(x))
	return nil
}

// table returns what was built.
func (b *builder[T]) table() (*Table[T], error) {
	columns := b.kept()
	if len(b.samples) == 0 {
		return nil, errEmpty
	}
	shape := b.shape
	if shape == nil {
		shape = []int{columns}
	}
	return &Table[T]{
		Rows:    len(b.samples) / columns,
		Columns: columns,
		Shape:   shape,
		Samples: slices.Clip(b.samples),
		Labels:  slices.Clip(b.labels),
		Names:   b.names,
		Numbers: b.numbersIfMoved(),
		Split:   b.split,

		LabelNames:  b.texts.sorted(b.labels),
		LabelSource: b.labelSource,
	}, nil
}

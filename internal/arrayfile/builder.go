package arrayfile

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"unsafe"
)

var errEmpty = errors.New("it holds no numbers")

// builder takes the numbers of a file in row-major order, checks each, and keeps
// the labels apart from the samples.
type builder[T float32 | float64] struct {
	opt        Options
	columns    int   // in the file, with the one that holds labels
	label      int   // the column that holds labels, or -1
	labelsOnly bool  // drop everything that is not a label
	shape      []int // of one sample
	names      []string

	column  int // where the next number belongs
	samples []T
	labels  []int
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
	if b.label < 0 && !b.labelsOnly {
		b.shape = slices.Clone(shape[1:])
	}
	kept := columns
	if b.label >= 0 {
		kept--
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
	wanted := b.opt.LabelColumn
	switch at := slices.Index(names, wanted); {
	case wanted == "" && b.labelsOnly && columns == 1:
		b.label = 0
	case wanted == "" && b.labelsOnly:
		return fmt.Errorf("it holds %d columns: say which one has the labels", columns)
	case wanted == "":
		b.label = -1
	case at >= 0 && slices.Contains(names[at+1:], wanted):
		return fmt.Errorf("two columns are named %s", quote(wanted))
	case at >= 0:
		b.label = at
	case wanted == FirstColumn:
		b.label = 0
	case wanted == LastColumn:
		b.label = columns - 1
	case names == nil:
		return fmt.Errorf("its columns have no names, so none is %s: say %q or %q for the labels", quote(wanted), FirstColumn, LastColumn)
	default:
		return fmt.Errorf("it has no column %s; its columns are %s", quote(wanted), list(names))
	}
	if b.label >= 0 && columns == 1 && !b.labelsOnly {
		return errors.New("its only column holds the labels: no samples are left")
	}
	if names != nil {
		b.names = slices.Clone(names)
		if b.label >= 0 {
			b.names = slices.Delete(b.names, b.label, b.label+1)
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
	if b.labelsOnly {
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
	columns := b.columns
	if b.label >= 0 {
		columns--
	}
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
	}, nil
}

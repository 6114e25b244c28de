// Package arrayfile reads tables of numbers and labels from the files that people
// have them in, and writes tables back:
//
//   - CSV, with commas, semicolons, tabs or spaces between the columns;
//   - NPY and NPZ, the formats of numpy.save and numpy.savez
//     (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html);
//   - IDX, the format of MNIST (https://yann.lecun.org/exdb/mnist/index.html).
//
// Each may be compressed with gzip, and be a file, a pipe or standard input.
//
// Files are not trusted: a size that a file states is checked against the file, or
// against [Options.MaxBytes] where the file's size is unknown, before memory is
// set aside for it. Rows, columns and lines in errors count from 1.
package arrayfile

import (
	"fmt"
	"io"
	"slices"
)

// Stdin is the path that stands for standard input.
const Stdin = "-"

// Names that [Options.LabelColumn] understands besides those in a file.
const (
	FirstColumn = "first"
	LastColumn  = "last"
)

const (
	defaultMaxBytes = 2 << 30

	// Without a number of classes, labels end below this: far above what
	// classifiers are trained with, far below what a stray column of identifiers
	// would ask for.
	maxClasses = 1 << 16
)

// Options says how to read a file. The zero value reads a table without labels and
// detects everything else.
type Options struct {
	Format Format // of the samples; Auto goes by the name and the first bytes
	Header Header // whether the first line of a CSV of samples names the columns
	Array  string // of an NPZ, the array with the samples; "" needs it to be the only one

	// LabelColumn says where the labels are: a column's name, FirstColumn or
	// LastColumn, or the name of an array in an NPZ. A column of that name
	// precedes the meaning of "first" and "last". With LabelFile it is a column or
	// array of that file. "" means no labels, or the only column of LabelFile.
	LabelColumn string
	LabelFile   string // the labels, a file of any format; "" if they are with the samples

	// Drop lists columns to leave out, by name or by number, from 1.
	Drop []string

	Classes  int       // labels run from 0 to Classes-1; 0 allows 0 to 65535
	MaxBytes int64     // allowed size of a file after decompression, and of a table in memory; 0 means 2 GiB
	Stdin    io.Reader // what the path "-" reads; nil means os.Stdin
}

func (o Options) maxBytes() int64 {
	if o.MaxBytes > 0 {
		return o.MaxBytes
	}
	return defaultMaxBytes
}

// Table is a matrix of samples, one per row, and their labels.
type Table[T float32 | float64] struct {
	Rows    int
	Columns int   // numbers of a sample; the product of Shape
	Shape   []int // of one sample: [28 28] for images, [Columns] in a CSV

	Samples []T      // Rows×Columns, row-major, all finite
	Labels  []int    // Rows labels from 0 on, or nil
	Names   []string // of the columns, from the header of a CSV, or nil
	Numbers []int    // of the columns in the file, from 1; nil for 1 to Columns

	// Split is where a file with a part to train on and one to test on has their
	// border: rows below it are the former. 0 stands for no parts.
	Split int

	// LabelNames is nil where labels are numbers; where they are text, label i
	// stands for LabelNames[i]. Names are sorted.
	LabelNames []string
	// LabelSource says where the labels were found, for people.
	LabelSource string
}

// Read reads the table in the file at path, or from standard input for [Stdin],
// with the labels that opt asks for. The numbers are converted to T, which rounds
// those that T does not hold.
//
// Labels of a CSV may be text. A single column of text holds the labels, also where
// opt does not name it.
//
// An NPZ whose arrays have customary names is understood without options: samples
// x, data, images, features or samples, labels y, target or labels, and the like,
// with or without train and test before or behind.
//
// Arrays of more than two dimensions become a row per entry of the first; a single
// dimension is refused, as it could be one sample or one column. Refused with the place
// named are NaN, infinities, numbers beyond the range of T, empty cells, labels
// that are not whole, negative or beyond opt.Classes; and files that are cut
// short, longer than they state or of another format, and labels of another number
// than rows.
//
// Memory: Rows·Columns elements of T and one int per label, where the size is not
// known before the end is read up to 2.25 times that while reading, and twice as
// much for arrays in Fortran order; an NPZ that is compressed or piped in is held as a
// whole besides. A table takes at most opt.MaxBytes.
func Read[T float32 | float64](path string, opt Options) (*Table[T], error) {
	if path == Stdin && opt.LabelFile == Stdin {
		return nil, fmt.Errorf("samples and labels cannot both come from standard input")
	}
	inline := opt
	if opt.LabelFile != "" {
		inline.LabelColumn = ""
	}
	table, err := readTable[T](path, inline)
	if err != nil || opt.LabelFile == "" {
		return table, err
	}
	labels, err := ReadLabels(opt.LabelFile, opt)
	if err != nil {
		return nil, err
	}
	table.Labels, table.LabelNames, table.LabelSource = labels.Numbers, labels.Names, displayName(opt.LabelFile)
	if len(table.Labels) != table.Rows {
		return nil, fmt.Errorf("%s holds %d labels, but %s holds %d rows: one label per row is needed",
			displayName(opt.LabelFile), len(table.Labels), displayName(path), table.Rows)
	}
	return table, nil
}

// Labels are labels from 0 on; where they are text, i stands for Names[i].
type Labels struct {
	Numbers []int
	Names   []string // sorted, or nil
}

// ReadLabels reads labels alone: from a file with one column or a one-dimensional
// array, or from the column, or array of an NPZ, that opt.LabelColumn names. Of opt it
// goes by LabelColumn, Classes, MaxBytes and Stdin; format and header are detected.
func ReadLabels(path string, opt Options) (Labels, error) {
	s, err := openSource(path, opt)
	if err != nil {
		return Labels{}, fmt.Errorf("cannot read labels from %s: %w", displayName(path), err)
	}
	defer s.close()
	opt.Format, opt.Header, opt.Array, opt.Drop = Auto, HeaderAuto, "", nil
	labels, err := labelsFrom(s, opt)
	if err != nil {
		return Labels{}, fmt.Errorf("cannot read labels from %s: %w", s.name, err)
	}
	return labels, nil
}

func readTable[T float32 | float64](path string, opt Options) (*Table[T], error) {
	s, err := openSource(path, opt)
	if err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", displayName(path), err)
	}
	defer s.close()
	table, err := tableFrom[T](s, opt)
	if err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", s.name, err)
	}
	return table, nil
}

// tableFrom reads the samples in s, and the labels that are with them.
func tableFrom[T float32 | float64](s *source, opt Options) (*Table[T], error) {
	b := &builder[T]{opt: opt, label: -1}
	if err := fill(b, s, readNPZ); err != nil {
		return nil, err
	}
	return b.table()
}

// fill gives b what s holds, whatever its format; npz reads archives.
func fill[T float32 | float64](b *builder[T], s *source, npz func(*source, *builder[T]) error) error {
	format, err := s.format(b.opt.Format)
	if err != nil {
		return err
	}
	switch format {
	case CSV:
		return readCSV(s, b)
	case NPY:
		return readNPY(s, b)
	case NPZ:
		return npz(s, b)
	default: // format names no other
		return readIDX(s, b)
	}
}

// labelsFrom reads s as nothing but labels.
func labelsFrom(s *source, opt Options) (Labels, error) {
	b := &builder[float64]{opt: opt, label: -1, labelsOnly: true}
	if err := fill(b, s, readNPZLabels); err != nil {
		return Labels{}, err
	}
	if len(b.labels) == 0 {
		return Labels{}, errEmpty
	}
	return Labels{slices.Clip(b.labels), b.texts.sorted(b.labels)}, nil
}

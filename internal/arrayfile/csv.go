package arrayfile

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"unsafe"
)

// readCSV reads lines of numbers. Empty lines and lines that begin with # are
// skipped; the first of the others decide the separator, the number of columns
// and, if the first is a header, their names.
func readCSV[T float32 | float64](s *source, b *builder[T]) error {
	if start, _ := s.Peek(3); string(start) == "\ufeff" {
		s.Discard(3) // a byte order mark, as spreadsheets write
	}
	in := &lines{r: lineEnds(s.Reader)}
	layout, err := sniff(in, b)
	if err != nil {
		return err
	}
	b.guessed = layout.text + 1
	if err := b.setColumns(layout.columns, layout.names); err != nil {
		return err
	}
	return readRows(s, b, in, layout)
}

// readRows reads the rows that follow.
func readRows[T float32 | float64](s *source, b *builder[T], in *lines, layout csvLayout) error {
	var zero T
	most := b.opt.maxBytes() / int64(unsafe.Sizeof(zero))
	var fields [][]byte
	estimated := false
	line, err := in.next()
	for ; err == nil; line, err = in.next() {
		if fields, err = layout.split(fields[:0], line); err != nil {
			return in.at(err)
		}
		if len(fields) != b.columns {
			return in.at(fmt.Errorf("%d columns instead of the %d of the first line", len(fields), b.columns))
		}
		for column, field := range fields {
			if b.labelsOnly && column != b.label || b.isDropped(column) {
				b.skip()
				continue
			}
			if err := addField(b, field, column); err != nil {
				return fmt.Errorf("line %d, %s: %w", in.number, columnName(column, layout.names), err)
			}
		}
		if int64(len(b.samples)) > most {
			return fmt.Errorf("it holds more numbers than fit into the %d bytes that are allowed", b.opt.maxBytes())
		}
		if !estimated && len(b.samples) >= estimateFrom {
			estimated = true
			b.samples = slices.Grow(b.samples, estimateRest(len(b.samples), in.bytes, s.size))
		}
	}
	if err != io.EOF {
		return err
	}
	return nil
}

// estimateFrom is how many numbers are read before those still to come are
// estimated.
const estimateFrom = 1 << 13

// estimateRest returns how many numbers are likely to follow after the first bytes of
// size (-1 when unknown) held that many. A wrong estimate costs time or memory, not
// correctness; each number has at least a digit and a separator.
func estimateRest(numbers int, bytes, size int64) int {
	rest := float64(size - bytes)
	return int(max(0, min(1.02*rest*float64(numbers)/float64(bytes), rest/2+1)))
}

func addField[T float32 | float64](b *builder[T], field []byte, column int) error {
	if column == b.label && (b.texts.numbers != nil || len(field) > 0 && !isNumber(field)) {
		return b.addText(string(field))
	}
	if len(field) == 0 {
		return errors.New("the cell is empty")
	}
	x, sign, err := parseNumber(field)
	if errors.Is(err, strconv.ErrRange) {
		return fmt.Errorf("%s is too large for a number", quote(string(field)))
	}
	if err != nil {
		return fmt.Errorf("%s is not a number", quote(string(field)))
	}
	if sign != 0 && b.decimal != 0 && sign != b.decimal {
		return fmt.Errorf("%s has a decimal %s, but the numbers before it a decimal %s: want one of them throughout",
			quote(string(field)), signName(sign), signName(b.decimal))
	}
	if sign != 0 {
		b.decimal = sign
	}
	return b.add(x)
}

func columnName(column int, names []string) string {
	if names == nil {
		return fmt.Sprintf("column %d", column+1)
	}
	return fmt.Sprintf("column %d (%s)", column+1, quote(names[column]))
}

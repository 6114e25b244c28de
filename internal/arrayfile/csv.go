package arrayfile

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"unsafe"
)

// maxLine bounds a line of a CSV, and with it what a file without line ends can
// ask for: room for a million numbers.
const maxLine = 16 << 20

// readCSV reads lines of numbers. Empty lines and lines that begin with # are
// skipped; the first of the others decides the separator, the number of columns and,
// if it is a header, their names.
func readCSV[T float32 | float64](s *source, b *builder[T]) error {
	if start, _ := s.Peek(3); string(start) == "\ufeff" {
		s.Discard(3) // a byte order mark, as spreadsheets write
	}
	in := &lines{r: s.Reader}
	line, err := in.next()
	if err == io.EOF {
		return errEmpty
	}
	if err != nil {
		return err
	}
	separator := detectSeparator(line)
	fields, err := split(nil, line, separator)
	if err != nil {
		return in.at(err)
	}
	header, err := isHeader(fields, b.opt.Header)
	if err != nil {
		return in.at(err)
	}
	var names []string
	if header {
		for _, field := range fields {
			names = append(names, string(field))
		}
	}
	if err := b.setColumns(len(fields), names); err != nil {
		return err
	}
	if header {
		line, err = in.next()
	}
	return readRows(s, b, in, line, err, separator, names)
}

// readRows reads the rows from line on, or the error in its place.
func readRows[T float32 | float64](s *source, b *builder[T], in *lines, line []byte, err error, separator byte, names []string) error {
	var zero T
	most := b.opt.maxBytes() / int64(unsafe.Sizeof(zero))
	var fields [][]byte
	estimated := false
	for ; err == nil; line, err = in.next() {
		if fields, err = split(fields[:0], line, separator); err != nil {
			return in.at(err)
		}
		if len(fields) != b.columns {
			return in.at(fmt.Errorf("%d columns instead of the %d of the first line", len(fields), b.columns))
		}
		for column, field := range fields {
			if b.labelsOnly && column != b.label {
				b.column = (b.column + 1) % b.columns
				continue
			}
			if err := addField(b, field); err != nil {
				return fmt.Errorf("line %d, %s: %w", in.number, columnName(column, names), err)
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

func addField[T float32 | float64](b *builder[T], field []byte) error {
	if len(field) == 0 {
		return errors.New("the cell is empty")
	}
	x, err := strconv.ParseFloat(string(field), 64)
	if errors.Is(err, strconv.ErrRange) {
		return fmt.Errorf("%s is too large for a number", quote(string(field)))
	}
	if err != nil {
		return fmt.Errorf("%s is not a number", quote(string(field)))
	}
	return b.add(x)
}

func isNumber(field []byte) bool {
	_, err := strconv.ParseFloat(string(field), 64)
	return err == nil || errors.Is(err, strconv.ErrRange)
}

// isHeader decides whether the fields of the first line are names.
func isHeader(fields [][]byte, header Header) (bool, error) {
	if header != HeaderAuto {
		return header == HeaderPresent, nil
	}
	numbers := 0
	var name []byte
	for _, field := range fields {
		if isNumber(field) {
			numbers++
		} else if len(name) == 0 {
			name = field
		}
	}
	if numbers == 0 || numbers == len(fields) {
		return numbers == 0, nil
	}
	if len(name) == 0 {
		return false, nil // an empty cell, which is reported as such
	}
	return false, fmt.Errorf("%s is not a number, but others in the first line are: say whether that line is a header", quote(string(name)))
}

func columnName(column int, names []string) string {
	if names == nil {
		return fmt.Sprintf("column %d", column+1)
	}
	return fmt.Sprintf("column %d (%s)", column+1, quote(names[column]))
}

// detectSeparator prefers tabs, then semicolons, for a file with those may have
// commas in its fields. Only numbers are taken to be separated by spaces, which
// names may contain.
func detectSeparator(line []byte) byte {
	quoted := false
	var found [256]bool
	for _, c := range line {
		if c == '"' {
			quoted = !quoted
		}
		found[c] = found[c] || !quoted
	}
	for _, separator := range []byte("\t;,") {
		if found[separator] {
			return separator
		}
	}
	fields := bytes.Fields(line)
	if len(fields) > 1 && !slices.ContainsFunc(fields, func(f []byte) bool { return !isNumber(f) }) {
		return ' '
	}
	return ','
}

// split appends the fields of line to fields, without the spaces and quotation marks
// around them. A quotation mark inside a quoted field is doubled.
func split(fields [][]byte, line []byte, separator byte) ([][]byte, error) {
	if separator == ' ' {
		return append(fields, bytes.Fields(line)...), nil
	}
	for {
		var field []byte
		var more bool
		if trimmed := bytes.TrimLeft(line, " "); len(trimmed) > 0 && trimmed[0] == '"' {
			end := 1
			for {
				i := bytes.IndexByte(trimmed[end:], '"')
				if i < 0 {
					return nil, fmt.Errorf("column %d: the quotation mark is not closed on the same line", len(fields)+1)
				}
				end += i + 1
				if end == len(trimmed) || trimmed[end] != '"' {
					break
				}
				end++
			}
			field = bytes.ReplaceAll(trimmed[1:end-1], []byte(`""`), []byte(`"`))
			var after []byte
			after, line, more = bytes.Cut(trimmed[end:], []byte{separator})
			if len(bytes.TrimSpace(after)) > 0 {
				return nil, fmt.Errorf("column %d: %s follows the closing quotation mark", len(fields)+1, quote(string(after)))
			}
			field = bytes.TrimSpace(field)
		} else {
			field, line, more = bytes.Cut(line, []byte{separator})
			field = bytes.TrimSpace(field)
		}
		fields = append(fields, field)
		if !more {
			return fields, nil
		}
	}
}

// lines reads a file line by line.
type lines struct {
	r      *bufio.Reader
	number int    // of the line that was read last
	bytes  int64  // read so far
	long   []byte // a line that the buffer of r can't hold
}

// next returns the next line that says something, without its end, until the
// call after; or io.EOF.
func (l *lines) next() ([]byte, error) {
	for {
		line, err := l.read()
		if err != nil {
			return nil, err
		}
		l.number++
		line = bytes.TrimRight(line, "\r\n")
		if trimmed := bytes.TrimSpace(line); len(trimmed) > 0 && trimmed[0] != '#' {
			return line, nil
		}
	}
}

func (l *lines) read() ([]byte, error) {
	line, err := l.r.ReadSlice('\n')
	l.bytes += int64(len(line))
	if err == nil || err == io.EOF && len(line) > 0 {
		return line, nil
	}
	if err != bufio.ErrBufferFull {
		return nil, l.failed(err)
	}
	l.long = append(l.long[:0], line...)
	for err == bufio.ErrBufferFull {
		line, err = l.r.ReadSlice('\n')
		l.bytes += int64(len(line))
		if len(l.long)+len(line) > maxLine {
			return nil, fmt.Errorf("line %d is longer than %d bytes: it is not a CSV with one sample per line", l.number+1, maxLine)
		}
		if cap(l.long)-len(l.long) < len(line) {
			l.long = slices.Grow(l.long, max(len(line), len(l.long))) // twice: append grows by less
		}
		l.long = append(l.long, line...)
	}
	if err != nil && err != io.EOF {
		return nil, l.failed(err)
	}
	return l.long, nil
}

func (l *lines) failed(err error) error {
	if err == io.EOF {
		return err
	}
	return fmt.Errorf("after line %d: %w", l.number, err)
}

// at adds the current line to an error.
func (l *lines) at(err error) error {
	return fmt.Errorf("line %d: %w", l.number, err)
}

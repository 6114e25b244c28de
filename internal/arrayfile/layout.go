package arrayfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"unicode"
)

// csvLayout is how the lines of a CSV are to be read.
type csvLayout struct {
	separator byte
	columns   int
	names     []string // from a header, or nil
	trailing  bool     // every line ends with a separator, behind which nothing stands
	text      int      // the only column of text, or −1
}

// sniff finds the layout of what is to come from its first lines.
func sniff[T float32 | float64](in *lines, b *builder[T]) (csvLayout, error) {
	layout := csvLayout{text: -1}
	var rows [][][]byte
	for i, line := range in.look(3) {
		if line.err == io.EOF && i == 0 {
			return layout, errEmpty
		}
		if line.err != nil {
			if i == 0 {
				return layout, line.err
			}
			break // it is reported when it is its turn
		}
		if i == 0 {
			layout.separator = detectSeparator(line.text)
		}
		fields, err := split(nil, line.text, layout.separator)
		if err != nil {
			if i == 0 {
				return layout, fmt.Errorf("line %d: %w", line.number, err)
			}
			break
		}
		rows = append(rows, fields)
	}
	first := rows[0]
	layout.columns = len(first)
	layout.trailing = len(rows) > 1 && len(first) > 1 && endsEmpty(first) && endsEmpty(rows[1]) && len(rows[1]) == len(first)
	if layout.trailing {
		layout.columns--
		for i := range rows {
			rows[i] = rows[i][:min(len(rows[i]), layout.columns)]
		}
		first = rows[0]
	}
	header, err := isHeader(rows, b.opt.Header)
	if err != nil {
		return layout, fmt.Errorf("line %d: %w", in.look(1)[0].number, err)
	}
	if header {
		for _, field := range first {
			layout.names = append(layout.names, string(field))
		}
		in.next()
		rows = rows[1:]
	}
	return layout, layout.findText(rows, b)
}

func endsEmpty(fields [][]byte) bool { return len(fields[len(fields)-1]) == 0 }

// findText finds the column of text where labels are not named: it holds them. The
// column must be text in all of the first rows, for one cell may be a mistake.
func (l *csvLayout) findText(rows [][][]byte, b interface {
	wantsText(column int, names []string) bool
}) error {
	if len(rows) == 0 {
		return nil
	}
	var all []string
	for column := range l.columns {
		text := b.wantsText(column, l.names)
		for _, fields := range rows {
			text = text && len(fields) == l.columns && isText(fields[column])
		}
		if text {
			l.text = column
			all = append(all, columnName(column, l.names))
		}
	}
	if len(all) > 1 {
		return fmt.Errorf("%d of its columns hold text, %s: say which one has the labels, and leave the others out", len(all), enumerate(all))
	}
	return nil
}

// wantsText reports whether a column of text would be taken for labels.
func (b *builder[T]) wantsText(column int, names []string) bool {
	if b.labelsOnly || b.opt.LabelColumn != "" || b.opt.LabelFile != "" {
		return false
	}
	for _, wanted := range b.opt.Drop {
		if names != nil && names[column] == wanted || wanted == strconv.Itoa(column+1) {
			return false
		}
	}
	return true
}

// split splits a line as the layout says.
func (l *csvLayout) split(fields [][]byte, line []byte) ([][]byte, error) {
	fields, err := split(fields, line, l.separator)
	if err != nil || !l.trailing {
		return fields, err
	}
	if len(fields) != l.columns+1 {
		return nil, fmt.Errorf("%d columns instead of the %d of the first line, which ends with %q", len(fields), l.columns, l.separator)
	}
	if len(fields[l.columns]) > 0 {
		return nil, fmt.Errorf("%s follows the last %q, behind which the first lines have nothing", quote(string(fields[l.columns])), l.separator)
	}
	return fields[:l.columns], nil
}

// isHeader decides whether the first line holds names.
func isHeader(rows [][][]byte, header Header) (bool, error) {
	if header != HeaderAuto {
		return header == HeaderPresent, nil
	}
	first := rows[0]
	numbers := 0
	var name []byte
	textBelow := len(rows) > 1
	for column, field := range first {
		if isNumber(field) {
			numbers++
		} else if len(field) > 0 {
			if len(name) == 0 {
				name = field
			}
			textBelow = textBelow && len(rows[1]) == len(first) && len(rows[1][column]) > 0 && !isNumber(rows[1][column])
		}
	}
	switch {
	case numbers == 0 || numbers == len(first):
		return numbers == 0, nil
	case len(name) == 0:
		return false, nil // an empty cell, which is reported as such
	case textBelow:
		return false, nil // a column of text
	}
	return false, fmt.Errorf("%s is not a number, but others in the first line are: say whether that line is a header", quote(string(name)))
}

// parseNumber parses a number whose decimal sign may be a comma; sign is that
// which it has, or 0.
func parseNumber(field []byte) (x float64, sign byte, err error) {
	comma := bytes.IndexByte(field, ',')
	if comma < 0 {
		if bytes.IndexByte(field, '.') >= 0 {
			sign = '.'
		}
		x, err = strconv.ParseFloat(string(field), 64)
		return x, sign, err
	}
	if bytes.IndexByte(field, '.') >= 0 || bytes.IndexByte(field[comma+1:], ',') >= 0 {
		return 0, 0, strconv.ErrSyntax // a comma between thousands, perhaps
	}
	text := bytes.Clone(field)
	text[comma] = '.'
	x, err = strconv.ParseFloat(string(text), 64)
	return x, ',', err
}

// isText reports whether a field is no number and has a letter: 2021-01-01 and
// 1.234,5 are not text.
func isText(field []byte) bool {
	return !isNumber(field) && bytes.ContainsFunc(field, unicode.IsLetter)
}

func signName(sign byte) string {
	if sign == ',' {
		return "comma"
	}
	return "point"
}

func isNumber(field []byte) bool {
	_, _, err := parseNumber(field)
	return err == nil || errors.Is(err, strconv.ErrRange)
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

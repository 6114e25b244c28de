package arrayfile

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Columns are neighbouring columns of a CSV with numbers of one type.
type Columns struct {
	names     []string
	values    int // in all
	appendRow func(line []byte, row int) []byte
}

// NewColumns describes the columns of a row-major matrix with as many columns as
// names. It refers to both.
func NewColumns[T Number](names []string, values []T) Columns {
	return Columns{names, len(values), func(line []byte, row int) []byte {
		for _, x := range values[row*len(names) : (row+1)*len(names)] {
			line = append(appendDecimal(line, x), ',')
		}
		return line
	}}
}

// WriteCSV writes a header with the names, and the rows of all columns side by side:
// commas between them, "\n" after each line, floating-point numbers with the fewest
// digits that read back as the same number of their type. It refuses, before it
// writes, columns without names or of different lengths, and names with line ends.
func WriteCSV(w io.Writer, columns ...Columns) error {
	rows, err := rowsOf(columns)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(w)
	var line []byte
	for _, c := range columns {
		for _, name := range c.names {
			line = append(appendName(line, name), ',')
		}
	}
	for row := range rows + 1 {
		line[len(line)-1] = '\n'
		if _, err := out.Write(line); err != nil {
			return err
		}
		if row == rows {
			break
		}
		line = line[:0]
		for _, c := range columns {
			line = c.appendRow(line, row)
		}
	}
	return out.Flush()
}

// rowsOf returns the number of rows, which all columns must share.
func rowsOf(columns []Columns) (int, error) {
	if len(columns) == 0 {
		return 0, fmt.Errorf("a CSV without columns cannot be written")
	}
	rows := 0
	for i, c := range columns {
		n := len(c.names)
		if n == 0 || c.values%n != 0 {
			return 0, fmt.Errorf("%d numbers do not fill rows of %d columns", c.values, n)
		}
		if i > 0 && c.values/n != rows {
			return 0, fmt.Errorf("the columns %s have %d rows, the ones before them %d", list(c.names), c.values/n, rows)
		}
		rows = c.values / n
		for _, name := range c.names {
			if strings.ContainsAny(name, "\r\n") {
				return 0, fmt.Errorf("the column name %s has more than one line", quote(name))
			}
		}
	}
	return rows, nil
}

// appendName quotes a name that could be taken for something else.
func appendName(line []byte, name string) []byte {
	if name == "" || strings.ContainsAny(name, ",;\t\"#") || strings.TrimSpace(name) != name {
		name = `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
	}
	return append(line, name...)
}

func appendDecimal[T Number](line []byte, x T) []byte {
	switch x := any(x).(type) {
	case float32:
		return strconv.AppendFloat(line, float64(x), 'g', -1, 32)
	case float64:
		return strconv.AppendFloat(line, x, 'g', -1, 64)
	case int:
		return strconv.AppendInt(line, int64(x), 10)
	case int32:
		return strconv.AppendInt(line, int64(x), 10)
	case int64:
		return strconv.AppendInt(line, x, 10)
	case uint8:
		return strconv.AppendInt(line, int64(x), 10)
	}
	return line
}

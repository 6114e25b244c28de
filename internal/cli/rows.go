package cli

import (
	"fmt"
	"strconv"
	"strings"
)

// rowRange is a run of rows, FROM:TO, the last one excluded. It is a flag value.
type rowRange struct {
	from, to int // a negative to is the end of the data
	none     bool
}

var (
	allRows = rowRange{to: -1}
	noRows  = rowRange{none: true}
)

func (r rowRange) String() string {
	switch {
	case r.none:
		return "none"
	case r.to < 0 && r.from == 0:
		return ":"
	case r.to < 0:
		return fmt.Sprintf("%d:", r.from)
	default:
		return fmt.Sprintf("%d:%d", r.from, r.to)
	}
}

// Type names the value in help texts.
func (r rowRange) Type() string { return "FROM:TO" }

// Set parses FROM:TO, where FROM or TO may be left out, or the word none.
func (r *rowRange) Set(text string) error {
	if text == "none" {
		*r = noRows
		return nil
	}
	from, to, ok := strings.Cut(text, ":")
	parsed := allRows
	ok = ok && (from == "" || setNumber(&parsed.from, from)) && (to == "" || setNumber(&parsed.to, to))
	if !ok {
		return fmt.Errorf("want FROM:TO, such as 0:1000")
	}
	if parsed.to >= 0 && parsed.to <= parsed.from {
		return fmt.Errorf("holds no row: want FROM below TO, such as 0:1000")
	}
	*r = parsed
	return nil
}

func setNumber(dst *int, text string) bool {
	n, err := strconv.ParseUint(text, 10, 31)
	*dst = int(n)
	return err == nil
}

// of resolves the range for data of the given rows.
func (r rowRange) of(flag string, rows int) (from, to int, err error) {
	if r.none {
		return 0, 0, nil
	}
	to = r.to
	if to < 0 {
		to = rows
	}
	if to > rows || r.from >= to {
		return 0, 0, usagef("--%s %v: the data has rows 0 to %d, want a range within 0:%d", flag, r, rows-1, rows)
	}
	return r.from, to, nil
}

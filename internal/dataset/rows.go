package dataset

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/inversenet/inversenet/internal/usage"
)

// Range is a run of rows, FROM:TO, the last one excluded. It is a flag value.
type Range struct {
	From, To int // a negative To is the end of the data
	None     bool
}

// The ranges of all rows and of none.
var (
	All  = Range{To: -1}
	None = Range{None: true}
)

func (r Range) String() string {
	switch {
	case r.None:
		return "none"
	case r.To < 0 && r.From == 0:
		return ":"
	case r.To < 0:
		return fmt.Sprintf("%d:", r.From)
	default:
		return fmt.Sprintf("%d:%d", r.From, r.To)
	}
}

// Type names the value in help texts.
func (r Range) Type() string { return "FROM:TO" }

// Set parses FROM:TO, where FROM or TO may be left out, or the word none.
func (r *Range) Set(text string) error {
	if text == "none" {
		*r = None
		return nil
	}
	from, to, ok := strings.Cut(text, ":")
	parsed := All
	ok = ok && (from == "" || setNumber(&parsed.From, from)) && (to == "" || setNumber(&parsed.To, to))
	if !ok {
		return fmt.Errorf("want FROM:TO, such as 0:1000")
	}
	if parsed.To >= 0 && parsed.To <= parsed.From {
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

// Of resolves the range for data of the given rows; errors call it by the name
// of its setting.
func (r Range) Of(setting string, rows int) (from, to int, err error) {
	if r.None {
		return 0, 0, nil
	}
	to = r.To
	if to < 0 {
		to = rows
	}
	if to > rows || r.From >= to {
		return 0, 0, usage.Errorf("--%s %v: the data has rows 0 to %d, want a range within 0:%d", setting, r, rows-1, rows)
	}
	return r.From, to, nil
}

package arrayfile

import (
	"strconv"
	"strings"
)

// maxQuoted bounds how much of a file an error repeats.
const maxQuoted = 40

// quote shows text from a file in an error, on one line and cut short.
func quote(s string) string {
	if len(s) > maxQuoted {
		s = s[:maxQuoted] + "…"
	}
	return strconv.Quote(s)
}

// list shows names in an error, the first ones of many.
func list(names []string) string {
	const shown = 8
	var quoted []string
	for _, name := range names[:min(shown, len(names))] {
		quoted = append(quoted, quote(name))
	}
	if len(names) > shown {
		quoted = append(quoted, "… ("+strconv.Itoa(len(names))+" in all)")
	}
	return strings.Join(quoted, ", ")
}

// enumerate shows parts of an error, the first ones of many.
func enumerate(parts []string) string {
	const shown = 4
	text := strings.Join(parts[:min(shown, len(parts))], ", ")
	if len(parts) > shown {
		text += ", …"
	}
	return text
}

// tuple shows a shape as NumPy does.
func tuple(shape []int) string {
	var dims []string
	for _, n := range shape {
		dims = append(dims, strconv.Itoa(n))
	}
	if len(dims) == 1 {
		return "(" + dims[0] + ",)"
	}
	return "(" + strings.Join(dims, ", ") + ")"
}

func product(shape []int) int {
	n := 1
	for _, extent := range shape {
		n *= extent
	}
	return n
}

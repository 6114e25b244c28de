package command

import (
	"strconv"
	"strings"
	"unicode"
)

// printable is text with all that a terminal would act on escaped, as in Go, and
// with what is not UTF-8 replaced.
func printable(text string) string {
	text = strings.ToValidUTF8(text, string(unicode.ReplacementChar))
	if strings.IndexFunc(text, isControl) < 0 {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if isControl(r) {
			quoted := strconv.QuoteRune(r)
			b.WriteString(quoted[1 : len(quoted)-1])
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// isControl reports whether a terminal may act on r: control characters, and marks
// that turn the direction of writing.
func isControl(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)
}

// csvField is text as a field of a CSV.
func csvField(text string) string {
	if strings.ContainsAny(text, ",\"\r\n") || text != strings.TrimSpace(text) {
		return `"` + strings.ReplaceAll(text, `"`, `""`) + `"`
	}
	return text
}

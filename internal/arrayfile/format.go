package arrayfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Format is a file format, without regard to compression.
type Format int

// The formats. Auto detects one.
const (
	Auto Format = iota
	CSV
	NPY
	NPZ
	IDX
)

var formatNames = []string{"auto", "csv", "npy", "npz", "idx"}

// String returns the name that [ParseFormat] takes.
func (f Format) String() string {
	if f < 0 || int(f) >= len(formatNames) {
		return fmt.Sprintf("Format(%d)", int(f))
	}
	return formatNames[f]
}

// ParseFormat returns the format of that name: auto, csv, npy, npz or idx.
func ParseFormat(name string) (Format, error) {
	if i := slices.Index(formatNames, strings.ToLower(name)); i >= 0 {
		return Format(i), nil
	}
	return Auto, fmt.Errorf("there is no format %s; the formats are %s", quote(name), strings.Join(formatNames, ", "))
}

// Header says whether the first line of a CSV names the columns.
type Header int

// HeaderAuto takes the first line for names if no field of it is a number, and for
// a row if each is; it refuses a mixture.
const (
	HeaderAuto Header = iota
	HeaderPresent
	HeaderAbsent
)

var idxName = regexp.MustCompile(`(?i)(idx\d+-ubyte|\.idx\d*|\.ubyte)$`)

// formatOfName goes by the ending, behind which .gz does not count.
func formatOfName(path string) Format {
	name := strings.ToLower(filepath.Base(path))
	name = strings.TrimSuffix(name, ".gz")
	switch filepath.Ext(name) {
	case ".csv", ".tsv", ".txt":
		return CSV
	case ".npy":
		return NPY
	case ".npz":
		return NPZ
	}
	if idxName.MatchString(name) {
		return IDX
	}
	return Auto
}

const npyMagic = "\x93NUMPY"

// formatOfStart goes by the first bytes. Auto means that they tell nothing.
func formatOfStart(start []byte) Format {
	switch {
	case bytes.HasPrefix(start, []byte(npyMagic)):
		return NPY
	case bytes.HasPrefix(start, []byte("PK\x03\x04")), bytes.HasPrefix(start, []byte("PK\x05\x06")):
		return NPZ
	case len(start) >= 4 && start[0] == 0 && start[1] == 0 && idxTypes[start[2]].size > 0 && start[3] > 0:
		return IDX
	case looksLikeText(start):
		return CSV
	}
	return Auto
}

// looksLikeText also takes a character that is cut at the end of start.
func looksLikeText(start []byte) bool {
	for len(start) > 0 {
		r, size := utf8.DecodeRune(start)
		cut := r == utf8.RuneError && size == 1 && !utf8.FullRune(start)
		control := r < ' ' && r != '\t' && r != '\n' && r != '\r' && r != '\f'
		if control || r == utf8.RuneError && size == 1 && !cut {
			return false
		}
		start = start[size:]
	}
	return true
}

// format returns the format of s, which is wanted unless that is Auto. It reads
// nothing.
func (s *source) format(wanted Format) (Format, error) {
	start, err := s.Peek(512)
	if err != nil && err != io.EOF {
		return Auto, err
	}
	if len(start) == 0 {
		return Auto, errors.New("it is empty")
	}
	if wanted == Auto {
		wanted = formatOfName(s.path)
	}
	found := formatOfStart(start)
	beginning := quote(string(start[:min(8, len(start))]))
	switch {
	case bytes.HasPrefix(start, []byte{0xff, 0xfe}), bytes.HasPrefix(start, []byte{0xfe, 0xff}):
		return Auto, errors.New("it is text in UTF-16: save it in UTF-8")
	case wanted == Auto && found == Auto:
		return Auto, fmt.Errorf("it begins with %s, which is none of the formats CSV, NPY, NPZ and IDX, compressed with gzip or not", beginning)
	case wanted == Auto || wanted == found:
		return found, nil
	case found == Auto:
		return Auto, fmt.Errorf("it should be %s, but begins with %s", strings.ToUpper(wanted.String()), beginning)
	}
	return Auto, fmt.Errorf("it should be %s, but begins with %s as %s does", strings.ToUpper(wanted.String()), beginning, strings.ToUpper(found.String()))
}

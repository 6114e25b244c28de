package safetensors

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// assemble puts the header's length before it.
func assemble(header, numbers string) []byte {
	file := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(file, header+numbers...)
}

const eight = "\x00\x00\x00\x00\x00\x00\x00\x00"

func TestReadRefuses(t *testing.T) {
	one := func(entry string) string { return `{"w":` + entry + `}` }
	deep := strings.Repeat("[", 10000)
	tests := []struct {
		name            string
		header, numbers string
		want            string // in the error
	}{
		{"not JSON", `{w}`, "", "invalid character"},
		{"not an object", `["w"]`, "", `begins with "["`},
		{"leading space", ` {}`, "", `begins with " "`},
		{"cut JSON", `{"w":{"dtype":"F32"`, "", "ends too early"},
		{"after the object", `{}{}`, "", "follows the closing brace"},
		{"not UTF-8", "{\"\xff\":1}", "", "not UTF-8"},
		{"array is a number", one(`1`), "", `array "w": "1" stands where "{" should open`},
		{"array is deep", one(deep), "", `"[" stands where "{" should open`},
		{"no dtype", one(`{"shape":[1],"data_offsets":[0,8]}`), eight, `array "w": it needs dtype, shape and data_offsets`},
		{"unknown key", one(`{"dtype":"F64","shape":[1],"data_offsets":[0,8],"x":0}`), eight, `array "w": unknown key "x"`},
		{"unknown dtype", one(`{"dtype":"BF16","shape":[4],"data_offsets":[0,8]}`), eight, `array "w" has the element type "BF16"`},
		{"dtype is a number", one(`{"dtype":64,"shape":[4],"data_offsets":[0,8]}`), eight, `"64" stands where a string should`},
		{"key twice", one(`{"dtype":"F64","dtype":"F64","shape":[1],"data_offsets":[0,8]}`), eight, `"dtype" is used twice`},
		{"array twice", `{"w":{"dtype":"F64","shape":[1],"data_offsets":[0,8]},"\u0077":{"dtype":"F64","shape":[0],"data_offsets":[8,8]}}`, eight, `"w" is used twice`},
		{"metadata twice", `{"__metadata__":{"a":"1","a":"2"}}`, "", `"a" is used twice`},
		{"metadata is a number", `{"__metadata__":{"a":1}}`, "", `metadata "a": "1" stands where a string should`},
		{"long name", `{"` + strings.Repeat("w", 256) + `":{}}`, "", "256 bytes; at most 255"},
		{"negative extent", one(`{"dtype":"F64","shape":[-1],"data_offsets":[0,8]}`), eight, `in its shape: "-1" stands where a whole number`},
		{"fractional extent", one(`{"dtype":"F64","shape":[1.0],"data_offsets":[0,8]}`), eight, `"1.0" stands where a whole number`},
		{"huge extent", one(`{"dtype":"F64","shape":[9223372036854775808],"data_offsets":[0,8]}`), eight, `stands where a whole number`},
		{"overflowing shape", one(`{"dtype":"F64","shape":[2147483648,2147483648,4],"data_offsets":[0,8]}`), eight, "more bytes than can be counted"},
		{"wrapping shape", one(`{"dtype":"F64","shape":[1152921504606846977,2],"data_offsets":[0,16]}`), eight + eight, "more bytes than can be counted"},
		{"too many dimensions", one(`{"dtype":"F64","shape":[` + strings.Repeat("1,", 32) + `1],"data_offsets":[0,8]}`), eight, "more than 32 dimensions"},
		{"three offsets", one(`{"dtype":"F64","shape":[1],"data_offsets":[0,8,8]}`), eight, "more than two data_offsets"},
		{"one offset", one(`{"dtype":"F64","shape":[1],"data_offsets":[0]}`), eight, `array "w": in its data_offsets`},
		{"offsets swapped", one(`{"dtype":"F64","shape":[1],"data_offsets":[8,0]}`), eight, "offsets 8 to 0"},
		{"8 TiB", one(`{"dtype":"F64","shape":[1099511627776],"data_offsets":[0,8796093022208]}`), eight, "ends at offset 8796093022208, but only 8 bytes follow"},
		{"shape differs from offsets", one(`{"dtype":"F32","shape":[1],"data_offsets":[0,8]}`), eight, "needs 4 bytes"},
		{"cut numbers", one(`{"dtype":"F64","shape":[1],"data_offsets":[0,8]}`), eight[1:], "only 7 bytes follow the header: the file is cut short"},
		{"trailing bytes", one(`{"dtype":"F64","shape":[1],"data_offsets":[0,8]}`), eight + "x", "end at offset 8, but 9 bytes follow"},
		{"overlap", `{"v":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}`, eight, `"w" begins at offset 4, inside the array before it`},
		{"gap", `{"v":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}`, eight, `"w" begins at offset 4, but the array before it ends at 0`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			file := assemble(test.header, test.numbers)
			_, err := Read(bytes.NewReader(file), int64(len(file)))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("error is %v, want one with %q", err, test.want)
			}
			if n := len(err.Error()); n > 500 || strings.Contains(err.Error(), "\n") {
				t.Errorf("the error is not a line a person reads, it has %d bytes: %v", n, err)
			}
		})
	}
}

func TestReadRefusesPrefix(t *testing.T) {
	tests := []struct {
		name string
		file string
		size int64
		want string
	}{
		{"empty", "", 0, "it has 0 bytes"},
		{"length only", eight, 8, "it has 8 bytes"},
		{"no header", eight + "{}", 10, "header of 0 bytes"},
		{"header beyond the end", "\x03" + eight[1:] + "{}", 10, "header of 3 bytes, and 2 follow"},
		{"8 TiB header", "\x00\x00\x00\x00\x00\x08\x00\x00{}", 10, "header of 8796093022208 bytes, and 2 follow"},
		{"length of 2^64-1", strings.Repeat("\xff", 8) + "{}", 10, "header of 18446744073709551615 bytes"},
		{"another format", "\x89PNG\r\n\x1a\n{}", 10, "of another format"},
		{"large header", "\x01\x00\x04" + eight[3:], 256<<10 + 9, "at most 262144 are allowed"},
		{"large file", "\x02" + eight[1:] + "{}", 1<<32 + 1, "at most 4294967296 are allowed"},
		{"shorter than its size", "\x03" + eight[1:] + "{}", 11, "unexpected EOF"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Read(strings.NewReader(test.file), test.size)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error is %v, want one with %q", err, test.want)
			}
		})
	}
}

func TestReadEveryPrefixFails(t *testing.T) {
	file, err := os.ReadFile(filepath.Join("testdata", "ours.safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	for n := range file {
		if _, err := Read(bytes.NewReader(file[:n]), int64(n)); err == nil {
			t.Errorf("the first %d of %d bytes were read without an error", n, len(file))
		}
	}
}

func TestReadFileNamesPath(t *testing.T) {
	folder := t.TempDir()
	bad := filepath.Join(folder, "bad")
	if err := os.WriteFile(bad, []byte("bad"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{folder, bad, filepath.Join(folder, "missing")} {
		if _, err := ReadFile(path); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("error for %s is %v", path, err)
		}
	}
}

func TestWriteRefuses(t *testing.T) {
	x := []float32{1, 2}
	tests := []struct {
		name     string
		arrays   []Array
		metadata map[string]string
		want     string
	}{
		{"no name", []Array{New("", x, 2)}, nil, "no name"},
		{"reserved name", []Array{New("__metadata__", x, 2)}, nil, `may not be named "__metadata__"`},
		{"name not UTF-8", []Array{New("\xff", x, 2)}, nil, "not UTF-8"},
		{"long name", []Array{New(strings.Repeat("w", 256), x, 2)}, nil, "256 bytes"},
		{"name twice", []Array{New("w", x, 2), New("w", x, 1, 2)}, nil, `two arrays are named "w"`},
		{"wrong shape", []Array{New("w", x, 2, 2)}, nil, `"w" has the shape [2 2] but 2 elements`},
		{"negative shape", []Array{New("w", x, -1, -2)}, nil, "negative extent -1"},
		{"zero value", []Array{{Name: "w"}}, nil, `element type ""`},
		{"metadata not UTF-8", nil, map[string]string{"k": "\xff"}, "not UTF-8"},
		{"long metadata key", nil, map[string]string{strings.Repeat("k", 256): ""}, "256 bytes"},
		{"long metadata", nil, map[string]string{"k": strings.Repeat("v", 256<<10)}, "at most 262144 are allowed"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var w bytes.Buffer
			err := Write(&w, test.arrays, test.metadata)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error is %v, want one with %q", err, test.want)
			}
			if w.Len() > 0 {
				t.Errorf("%d bytes were written", w.Len())
			}
		})
	}
}

func TestWriteReportsFullDisk(t *testing.T) {
	var whole bytes.Buffer
	if err := Write(&whole, exampleArrays(), nil); err != nil {
		t.Fatal(err)
	}
	for n := range whole.Len() {
		err := Write(&limitedWriter{left: n}, exampleArrays(), nil)
		if err == nil || !strings.Contains(err.Error(), "disk full") {
			t.Errorf("with room for %d of %d bytes the error is %v", n, whole.Len(), err)
		}
	}
}

type limitedWriter struct{ left int }

func (w *limitedWriter) Write(p []byte) (int, error) {
	if len(p) > w.left {
		return 0, errors.New("disk full")
	}
	w.left -= len(p)
	return len(p), nil
}

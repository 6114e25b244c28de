package arrayfile

import (
	"bytes"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestWriteNPYBytes(t *testing.T) {
	ones := slices.Repeat([]float32{1}, 6)
	tests := []struct {
		file  string // written by NumPy
		write func(io.Writer) error
	}{
		{"want_f4.npy", func(w io.Writer) error {
			return WriteNPY(w, []float32{0.5, -1.25, 3e-45, float32(math.Inf(1)), 2, 1e20}, 2, 3)
		}},
		{"want_i8.npy", func(w io.Writer) error { return WriteNPY(w, []int{1, -2, 3}, 3) }},
		{"want_i8.npy", func(w io.Writer) error { return WriteNPY(w, []int64{1, -2, 3}, 3) }},
		{"want_i4.npy", func(w io.Writer) error { return WriteNPY(w, []int32{0, 1, 2}, 3, 1) }},
		{"want_u1.npy", func(w io.Writer) error { return WriteNPY(w, []uint8{}, 2, 0, 3) }},
		{"want_scalar.npy", func(w io.Writer) error { return WriteNPY(w, []float64{2.5}) }},
		{"want_aligned.npy", func(w io.Writer) error { return WriteNPY(w, ones, 2, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1) }},
	}
	for _, test := range tests {
		want, err := os.ReadFile(filepath.Join("testdata", test.file))
		if err != nil {
			t.Fatal(err)
		}
		var got bytes.Buffer
		if err := test.write(&got); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got.Bytes(), want) {
			t.Errorf("%s: wrote\n%q, NumPy wrote\n%q", test.file, got.Bytes(), want)
		}
	}
}

func TestWriteNPYReadsBack(t *testing.T) {
	const rows, columns = 3000, 7 // several buffers
	values := make([]float64, rows*columns)
	for i := range values {
		values[i] = math.Sin(float64(i))
	}
	var file bytes.Buffer
	if err := WriteNPY(&file, values, rows, columns); err != nil {
		t.Fatal(err)
	}
	table, err := Read[float64](Stdin, Options{Stdin: &file})
	if err != nil {
		t.Fatal(err)
	}
	if table.Rows != rows || table.Columns != columns || !slices.Equal(table.Samples, values) {
		t.Error("other numbers were read than written")
	}
}

// The file testdata/want.npz by NumPy has the same arrays. Its bytes differ, since it has
// fields for the size of large files.
func TestWriteNPZ(t *testing.T) {
	arrays := []Array{
		NewArray("labels", []int{7, 0}, 2),
		NewArray("probabilities", []float64{0.25, 0.75, 1, 0}, 2, 2),
	}
	var file, again bytes.Buffer
	if err := errors.Join(WriteNPZ(&file, arrays...), WriteNPZ(&again, arrays...)); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(file.Bytes(), again.Bytes()) {
		t.Error("the same arrays gave other bytes")
	}
	path := filepath.Join(t.TempDir(), "ours.npz")
	if err := os.WriteFile(path, file.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{path, filepath.Join("testdata", "want.npz")} {
		table, err := Read[float64](path, Options{LabelColumn: "labels"})
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(table.Samples, []float64{0.25, 0.75, 1, 0}) || !slices.Equal(table.Labels, []int{7, 0}) || table.Rows != 2 {
			t.Errorf("%s holds %+v", path, table)
		}
	}
}

func TestWriteCSV(t *testing.T) {
	tests := []struct {
		name    string
		columns []Columns
		want    string
	}{
		{
			"labels and probabilities",
			[]Columns{
				NewColumns([]string{"label"}, []int{1, 0}),
				NewColumns([]string{"p0", "p1"}, []float32{0.1, 0.9, 1, 1e-10}),
			},
			"label,p0,p1\n1,0.1,0.9\n0,1,1e-10\n",
		},
		{"every type", []Columns{
			NewColumns([]string{"a"}, []float64{1.0 / 3}), NewColumns([]string{"b"}, []int32{-1}),
			NewColumns([]string{"c"}, []int64{1 << 40}), NewColumns([]string{"d"}, []uint8{255}),
		}, "a,b,c,d\n0.3333333333333333,-1,1099511627776,255\n"},
		{"no rows", []Columns{NewColumns([]string{"label"}, []int{})}, "label\n"},
		{"names to quote", []Columns{NewColumns([]string{"a,b", `say "x"`, "", " c", "#d"}, []int{1, 2, 3, 4, 5})},
			"\"a,b\",\"say \"\"x\"\"\",\"\",\" c\",\"#d\"\n1,2,3,4,5\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var got strings.Builder
			if err := WriteCSV(&got, test.columns...); err != nil {
				t.Fatal(err)
			}
			if got.String() != test.want {
				t.Errorf("wrote %q, want %q", got.String(), test.want)
			}
		})
	}
}

func TestWriteRefuses(t *testing.T) {
	one := []int{1}
	ab := []string{"a", "b"}
	tests := []struct {
		name  string
		write func(io.Writer) error
		want  string
	}{
		{"NPY shape", func(w io.Writer) error { return WriteNPY(w, one, 2) }, "1 numbers do not fill the shape (2,)"},
		{"NPY negative", func(w io.Writer) error { return WriteNPY(w, one, -1, -1) }, "do not fill the shape (-1, -1)"},
		{"NPY overflow", func(w io.Writer) error { return WriteNPY(w, one[:0], math.MaxInt, 2) }, "do not fill the shape"},
		{"NPY rank", func(w io.Writer) error { return WriteNPY(w, one, slices.Repeat(one, 33)...) }, "do not fill the shape"},
		{"NPZ empty name", func(w io.Writer) error { return WriteNPZ(w, NewArray("", one, 1)) }, `"" cannot be the name`},
		{"NPZ name twice", func(w io.Writer) error { return WriteNPZ(w, NewArray("a", one, 1), NewArray("a", one, 1)) }, `"a" cannot be the name`},
		{"NPZ not UTF-8", func(w io.Writer) error { return WriteNPZ(w, NewArray("\xff", one, 1)) }, "not UTF-8"},
		{"NPZ shape", func(w io.Writer) error { return WriteNPZ(w, NewArray("a", one, 1), NewArray("b", one, 2)) }, `array "b": 1 numbers do not fill`},
		{"CSV nothing", func(w io.Writer) error { return WriteCSV(w) }, "without columns"},
		{"CSV no names", func(w io.Writer) error { return WriteCSV(w, NewColumns(nil, one)) }, "rows of 0 columns"},
		{"CSV ragged", func(w io.Writer) error { return WriteCSV(w, NewColumns(ab, one)) }, "1 numbers do not fill rows of 2 columns"},
		{"CSV lengths", func(w io.Writer) error {
			return WriteCSV(w, NewColumns([]string{"label"}, one), NewColumns(ab, []int{1, 2, 3, 4}))
		}, `the columns "a", "b" have 2 rows, the ones before them 1`},
		{"CSV name", func(w io.Writer) error { return WriteCSV(w, NewColumns([]string{"a\nb"}, one)) }, "more than one line"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var w bytes.Buffer
			err := test.write(&w)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error is %v, want one with %q", err, test.want)
			}
			if w.Len() > 0 {
				t.Errorf("%d bytes were written", w.Len())
			}
		})
	}
}

// failingWriter takes a number of bytes and then fails, as a full disk does.
type failingWriter struct{ left int }

func (w *failingWriter) Write(p []byte) (int, error) {
	n := min(len(p), w.left)
	w.left -= n
	if n < len(p) {
		return n, errors.New("disk full")
	}
	return n, nil
}

func TestWriteReportsFullDisk(t *testing.T) {
	values := make([]float64, 3000)
	writers := map[string]func(io.Writer) error{
		"NPY": func(w io.Writer) error { return WriteNPY(w, values, 3000) },
		"NPZ": func(w io.Writer) error { return WriteNPZ(w, NewArray("a", values, 3000)) },
		"CSV": func(w io.Writer) error { return WriteCSV(w, NewColumns([]string{"a"}, values)) },
	}
	for name, write := range writers {
		var whole bytes.Buffer
		if err := write(&whole); err != nil {
			t.Fatal(err)
		}
		for n := 0; n < whole.Len(); n += 97 {
			if err := write(&failingWriter{n}); err == nil || !strings.Contains(err.Error(), "disk full") {
				t.Errorf("%s with room for %d of %d bytes: error is %v", name, n, whole.Len(), err)
			}
		}
	}
}

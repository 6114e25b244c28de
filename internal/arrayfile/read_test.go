package arrayfile

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func gzipped(t testing.TB, plain string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(plain)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// idxFile has bytes 1 to 12 as three images of 2×2.
const idxFile = "\x00\x00\x08\x03\x00\x00\x00\x03\x00\x00\x00\x02\x00\x00\x00\x02\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c"

func TestReadFilesOfNumPy(t *testing.T) {
	six := []float64{1, 2, 3, 4, 5, 6}
	var cube []float64
	for i := range 24 {
		cube = append(cube, float64(i))
	}
	tests := []struct {
		file  string
		shape []int // of a sample
		want  []float64
	}{
		{"bool.npy", []int{3}, []float64{0, 0, 0, 1, 1, 1}},
		{"half.npy", []int{3}, six},
		{"fortran.npy", []int{3}, six},
		{"cube.npy", []int{3, 4}, cube},
		{"cube_fortran.npy", []int{3, 4}, cube},
		{"version2.npy", []int{3}, six},
		{"version3.npy", []int{3}, six},
		{"compressed.npz", []int{3}, six},
		{"savetxt.csv", []int{3}, six},
	}
	for _, name := range []string{"u1_byte", "i1_byte", "u2_little", "u2_big", "i2_little", "i2_big", "u4_little", "u4_big", "i4_little", "i4_big", "u8_little", "u8_big", "i8_little", "i8_big", "f4_little", "f4_big", "f8_little", "f8_big"} {
		tests = append(tests, struct {
			file  string
			shape []int
			want  []float64
		}{name + ".npy", []int{3}, six})
	}
	for _, test := range tests {
		t.Run(test.file, func(t *testing.T) {
			got, err := Read[float64](filepath.Join("testdata", test.file), Options{})
			if err != nil {
				t.Fatal(err)
			}
			columns := product(test.shape)
			want := &Table[float64]{Rows: len(test.want) / columns, Columns: columns, Shape: test.shape, Samples: test.want}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("got %+v, want %+v", got, want)
			}
		})
	}
}

func TestRead(t *testing.T) {
	npz, err := os.ReadFile(filepath.Join("testdata", "samples.npz"))
	if err != nil {
		t.Fatal(err)
	}
	twoByTwo := Table[float32]{Rows: 2, Columns: 2, Shape: []int{2}, Samples: []float32{1, 2, 3, 4}}
	labelled := twoByTwo
	labelled.Labels = []int{7, 0}
	named := labelled
	named.Names = []string{"a", "b"}
	images := Table[float32]{Rows: 3, Columns: 4, Shape: []int{2, 2}, Samples: []float32{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}}
	lastPixel := Table[float32]{Rows: 3, Columns: 3, Shape: []int{3}, Samples: []float32{1, 2, 3, 5, 6, 7, 9, 10, 11}, Labels: []int{4, 8, 12}}
	fromNPZ := Table[float32]{Rows: 2, Columns: 3, Shape: []int{3}, Samples: []float32{1, 2, 3, 4, 5, 6}, Labels: []int{7, 0}}

	tests := []struct {
		name string
		file string
		opt  Options
		want Table[float32]
	}{
		{"commas", "1,2\n3,4\n", Options{}, twoByTwo},
		{"semicolons", "1;2\n3;4\n", Options{}, twoByTwo},
		{"tabs", "1\t2\n3\t4\n", Options{}, twoByTwo},
		{"spaces", " 1.0e+00  2.0\n3  4\n", Options{}, twoByTwo},
		{"spaces around fields", " 1 , 2 \n 3,4\n", Options{}, twoByTwo},
		{"quoted", "\"1\", \"2\" \n3,4\n", Options{}, twoByTwo},
		{"no line end at the end", "1,2\n3,4", Options{}, twoByTwo},
		{"Windows", "\ufeff1,2\r\n3,4\r\n\r\n", Options{}, twoByTwo},
		{"comments", "# 1,2,3\n1,2\n\n  # x\n3,4\n", Options{}, twoByTwo},
		{"header to skip", "0,1\n1,2\n3,4\n", Options{Header: HeaderPresent}, Table[float32]{Rows: 2, Columns: 2, Shape: []int{2}, Samples: []float32{1, 2, 3, 4}, Names: []string{"0", "1"}}},
		{"last column", "1,2,7\n3,4,0\n", Options{LabelColumn: LastColumn}, labelled},
		{"first column", "7,1,2\n0,3,4\n", Options{LabelColumn: FirstColumn}, labelled},
		{"named column", "a,label,b\n1,7,2\n3,0.0,4\n", Options{LabelColumn: "label"}, named},
		{"column named last", "last,a,b\n7,1,2\n0,3,4\n", Options{LabelColumn: "last"}, named},
		{"last of named columns", "a;b;\"the \"\"label\"\"\"\n1;2;7\n3;4;0\n", Options{LabelColumn: LastColumn, Classes: 8}, named},
		{"gzip", gzipped(t, "1,2,7\n3,4,0\n"), Options{LabelColumn: LastColumn}, labelled},
		{"gzip in two parts", gzipped(t, "1,2\n") + gzipped(t, "3,4\n"), Options{}, twoByTwo},
		{"IDX", idxFile, Options{}, images},
		{"IDX, gzip", gzipped(t, idxFile), Options{Format: IDX}, images},
		{"IDX, last pixel as label", idxFile, Options{LabelColumn: LastColumn}, lastPixel},
		{"IDX, signed bytes", "\x00\x00\x09\x02\x00\x00\x00\x01\x00\x00\x00\x01\xff", Options{}, one(-1)},
		{"IDX, int16", "\x00\x00\x0b\x02\x00\x00\x00\x01\x00\x00\x00\x01\xff\x00", Options{}, one(-256)},
		{"IDX, int32", "\x00\x00\x0c\x02\x00\x00\x00\x01\x00\x00\x00\x01\x00\x00\x01\x00", Options{}, one(256)},
		{"IDX, float32", "\x00\x00\x0d\x02\x00\x00\x00\x01\x00\x00\x00\x01\x3f\x00\x00\x00", Options{}, one(0.5)},
		{"IDX, float64", "\x00\x00\x0e\x02\x00\x00\x00\x01\x00\x00\x00\x01\x3f\xe0\x00\x00\x00\x00\x00\x00", Options{}, one(0.5)},
		{"NPZ with labels", string(npz), Options{LabelColumn: "y"}, fromNPZ},
		{"NPZ with both named", string(npz), Options{Array: "x", LabelColumn: "y"}, fromNPZ},
		{"NPZ, gzip", gzipped(t, string(npz)), Options{LabelColumn: "y"}, fromNPZ},
		{"NPZ, labels in a file", string(npz), Options{Array: "x", LabelFile: filepath.Join("testdata", "labels.npy.gz")}, fromNPZ},
		{"NPZ, labels in an array of a file", string(npz), Options{Array: "x", LabelFile: filepath.Join("testdata", "samples.npz"), LabelColumn: "y"}, fromNPZ},
		{"labels in a file", "1,2\n3,4\n", Options{LabelFile: filepath.Join("testdata", "labels.npy")}, labelled},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "file")
			if err := os.WriteFile(path, []byte(test.file), 0o600); err != nil {
				t.Fatal(err)
			}
			got, err := Read[float32](path, test.opt)
			if err != nil {
				t.Fatal(err)
			}
			if (got.LabelSource == "") != (got.Labels == nil) || got.Numbers != nil && len(got.Numbers) != got.Columns {
				t.Errorf("labels from %q, columns %v", got.LabelSource, got.Numbers)
			}
			source, numbers := got.LabelSource, got.Numbers
			got.LabelSource, got.Numbers = "", nil
			if !reflect.DeepEqual(*got, test.want) {
				t.Errorf("got %+v, want %+v", *got, test.want)
			}
			got.LabelSource, got.Numbers = source, numbers

			test.opt.Stdin = strings.NewReader(test.file)
			piped, err := Read[float32](Stdin, test.opt)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(piped, got) {
				t.Errorf("from standard input it is %+v, from the file %+v", *piped, *got)
			}
		})
	}
}

func one(x float32) Table[float32] {
	return Table[float32]{Rows: 1, Columns: 1, Shape: []int{1}, Samples: []float32{x}}
}

func TestReadLabels(t *testing.T) {
	tests := []struct {
		name string
		file string
		opt  Options
	}{
		{"a column", "7\n0\n", Options{}},
		{"a column with a header", "digit\n7\n0\n", Options{}},
		{"a named column beside text", "file,digit\na.png,7\nb.png,0\n", Options{LabelColumn: "digit"}},
		{"a last column beside text", "file,digit\na.png,7\nb.png,0\n", Options{LabelColumn: LastColumn}},
		{"IDX", "\x00\x00\x08\x01\x00\x00\x00\x02\x07\x00", Options{}},
		{"IDX, gzip", gzipped(t, "\x00\x00\x08\x01\x00\x00\x00\x02\x07\x00"), Options{}},
		{"last column of a matrix", "\x00\x00\x08\x02\x00\x00\x00\x02\x00\x00\x00\x02\xff\x07\xff\x00", Options{LabelColumn: LastColumn}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			test.opt.Stdin = strings.NewReader(test.file)
			got, err := ReadLabels(Stdin, test.opt)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(got.Numbers, []int{7, 0}) || got.Names != nil {
				t.Errorf("got %v, want [7 0]", got)
			}
		})
	}
}

func TestFormatByName(t *testing.T) {
	for path, want := range map[string]Format{
		"a.csv": CSV, "a.CSV.gz": CSV, "a.tsv": CSV, "a.txt": CSV, "a.npy": NPY, "a.npy.gz": NPY, "a.npz": NPZ,
		"train-images-idx3-ubyte": IDX, "t10k-labels.idx1-ubyte.gz": IDX, "a.idx": IDX, "a.idx3": IDX,
		"a": Auto, "a.gz": Auto, "-": Auto, "a.csv/b": Auto,
	} {
		if got := formatOfName(path); got != want {
			t.Errorf("%s is taken for %v, want %v", path, got, want)
		}
	}
}

func TestParseFormat(t *testing.T) {
	for _, f := range []Format{Auto, CSV, NPY, NPZ, IDX} {
		if got, err := ParseFormat(strings.ToUpper(f.String())); got != f || err != nil {
			t.Errorf("%v is parsed as %v, %v", f, got, err)
		}
	}
	if _, err := ParseFormat("xlsx"); err == nil || !strings.Contains(err.Error(), "auto, csv, npy, npz, idx") {
		t.Errorf("error is %v", err)
	}
}

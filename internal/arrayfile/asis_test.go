package arrayfile

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Files as people have them.
func TestReadFilesAsTheyAre(t *testing.T) {
	six := []float64{1, 2, 3, 4, 5, 6}
	halves := []float64{1.5, 2, 3, 4.25, -5, 6e3}
	for _, c := range []struct {
		name, file string
		opt        Options
		samples    []float64
		labels     []int
		names      []string // of the labels
		columns    []string
	}{
		{"carriage returns", "a,b,c\r1,2,3\r4,5,6\r", Options{}, six, nil, nil, []string{"a", "b", "c"}},
		{"carriage returns, no last one", "1,2,3\r4,5,6", Options{}, six, nil, nil, nil},
		{"trailing commas", "1,2,3,\n4,5,6,\n", Options{}, six, nil, nil, nil},
		{"trailing commas, with names", "a,b,c,\r\n1,2,3,\r\n4,5,6,\r\n", Options{}, six, nil, nil, []string{"a", "b", "c"}},
		{"trailing semicolons", "1;2;3;\n4;5;6;\n", Options{}, six, nil, nil, nil},
		{"decimal commas", "1,5;2;3\n4,25;-5;6e3\n", Options{}, halves, nil, nil, nil},
		{"decimal commas and tabs", "1,5\t2,0\t3\n4,25\t-5\t6,0e3\n", Options{}, halves, nil, nil, nil},
		{"decimal commas in quotation marks", "\"1,5\",2,3\n\"4,25\",-5,\"6000,0\"\n", Options{}, halves, nil, nil, nil},
		{"an index without a name", ",a,b,c\n0,1,2,3\n1,4,5,6\n", Options{Drop: []string{"1"}}, six, nil, nil, []string{"a", "b", "c"}},
		{"a column dropped by name", "a,x,b,c\n1,9,2,3\n4,9,5,6\n", Options{Drop: []string{"x"}}, six, nil, nil, []string{"a", "b", "c"}},
		{"text dropped", "a,when,b,c\n1,today,2,3\n4,later,5,6\n", Options{Drop: []string{"when"}}, six, nil, nil, []string{"a", "b", "c"}},
		{"text labels", "a,b,c,kind\n1,2,3,pine\n4,5,6,elm\n", Options{LabelColumn: "kind"}, six, []int{1, 0}, []string{"elm", "pine"}, []string{"a", "b", "c"}},
		{"text labels, not named", "a,kind,b,c\n1,pine,2,3\n4,elm,5,6\n", Options{}, six, []int{1, 0}, []string{"elm", "pine"}, []string{"a", "b", "c"}},
		{"text labels, no names", "1,2,3,pine\n4,5,6,elm\n", Options{}, six, []int{1, 0}, []string{"elm", "pine"}, nil},
		{"text labels, one quoted", "1,2,3,\"pine, old\"\n4,5,6,elm\n", Options{}, six, []int{1, 0}, []string{"elm", "pine, old"}, nil},
		{"some text among labels", "a,b,c,kind\n1,2,3,7\n4,5,6,other\n", Options{LabelColumn: "kind"}, six, []int{0, 1}, []string{"7", "other"}, []string{"a", "b", "c"}},
		{"the last that is not dropped", "1,2,3,7,9\n4,5,6,0,9\n", Options{LabelColumn: LastColumn, Drop: []string{"5"}}, six, []int{7, 0}, nil, nil},
		{"the first that is not dropped", "9,7,1,2,3\n9,0,4,5,6\n", Options{LabelColumn: FirstColumn, Drop: []string{"1"}}, six, []int{7, 0}, nil, nil},
		{"a pixel dropped", idxOf(8, "\x01\x02\x03\x09\x04\x05\x06\x09", 2, 2, 2), Options{Drop: []string{"4"}}, six, nil, nil, nil},
		{"arrays with customary names", zipFile(t, "X.npy", npyOf("|u1", "(2, 3)", "\x01\x02\x03\x04\x05\x06"), "y.npy", npyOf("|u1", "(2,)", "\x07\x00")), Options{}, six, []int{7, 0}, nil, nil},
		{"arrays beside others", zipFile(t, "target.npy", npyOf("|u1", "(2,)", "\x07\x00"), "data.npy", npyOf("|u1", "(2, 3)", "\x01\x02\x03\x04\x05\x06"), "about.npy", npyOf("|u1", "(1,)", "\x00")), Options{}, six, []int{7, 0}, nil, nil},
		{"images and labels", zipFile(t, "images.npy", npyOf("|u1", "(2, 3)", "\x01\x02\x03\x04\x05\x06"), "labels.npy", npyOf("|u1", "(2,)", "\x07\x00")), Options{}, six, []int{7, 0}, nil, nil},
		{"a part to test on", zipFile(t, "testX.npy", npyOf("|u1", "(1, 3)", "\x04\x05\x06"), "test_y.npy", npyOf("|u1", "(1,)", "\x00"), "y-train.npy", npyOf("|u1", "(1,)", "\x07"), "train_x.npy", npyOf("|u1", "(1, 3)", "\x01\x02\x03")), Options{}, six, []int{7, 0}, nil, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.opt.Stdin = strings.NewReader(c.file)
			got, err := Read[float64](Stdin, c.opt)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(got.Samples, c.samples) || got.Rows != 2 || !slices.Equal(got.Labels, c.labels) || !slices.Equal(got.LabelNames, c.names) || !slices.Equal(got.Names, c.columns) {
				t.Errorf("got %+v", got)
			}
			if split := map[string]int{"a part to test on": 1}[c.name]; got.Split != split {
				t.Errorf("split at %d, want %d", got.Split, split)
			}
		})
	}
}

func TestLabelSources(t *testing.T) {
	for file, want := range map[string]string{
		"a,kind\n1,x\n2,y\n": `column 2 ("kind")`,
		"x,1\ny,2\n":         "column 1",
		zipFile(t, "x_train.npy", npyOf("|u1", "(1, 1)", "\x01"), "y_train.npy", npyOf("|u1", "(1,)", "\x07"), "x_test.npy", npyOf("|u1", "(1, 1)", "\x01"), "y_test.npy", npyOf("|u1", "(1,)", "\x07")): `arrays "y_train" and "y_test"`,
	} {
		got, err := Read[float32](Stdin, Options{Stdin: strings.NewReader(file)})
		if err != nil || got.LabelSource != want {
			t.Errorf("labels from %q, want %q (%v)", got.LabelSource, want, err)
		}
	}
	named, err := Read[float32](Stdin, Options{Stdin: strings.NewReader("1,a\n2,b\n3,a\n"), Drop: []string{"2"}})
	if err != nil || named.Labels != nil || !slices.Equal(named.Samples, []float32{1, 2, 3}) {
		t.Errorf("%+v, %v", named, err)
	}
}

// Labels alone can be text as well.
func TestReadTextLabels(t *testing.T) {
	got, err := ReadLabels(Stdin, Options{Stdin: strings.NewReader("kind\nelm\npine\nelm\n")})
	if err != nil || !slices.Equal(got.Numbers, []int{0, 1, 0}) || !slices.Equal(got.Names, []string{"elm", "pine"}) {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestReadHalves(t *testing.T) {
	for bits, want := range map[uint16]float64{
		0: 0, 0x3c00: 1, 0xc000: -2, 0x7bff: 65504, 1: 0x1p-24, 0x03ff: 0x3ffp-24, 0x0400: 0x1p-14, 0x3555: 0x1.554p-2, 0x3c01: 1 + 0x1p-10,
	} {
		if got := fromHalf(bits); got != want {
			t.Errorf("%04x is %v, want %v", bits, got, want)
		}
	}
	if a, b, c := fromHalf(0x7c00), fromHalf(0xfc00), fromHalf(0x7e00); a-a == 0 || b >= 0 || c == c {
		t.Errorf("infinities and NaN are %v, %v and %v", a, b, c)
	}
	got, err := Read[float32](filepath.Join("testdata", "digits_float16.npy"), Options{LabelColumn: LastColumn})
	if err != nil || got.Rows != 300 || got.Columns != 64 || slices.Max(got.Samples) != 16 {
		t.Errorf("%d rows of %d, %v", got.Rows, got.Columns, err)
	}
	split, err := Read[float32](filepath.Join("testdata", "digits_split.npz"), Options{})
	if err != nil || split.Rows != 400 || split.Split != 300 || len(split.Labels) != 400 || !slices.Equal(split.Shape, []int{8, 8}) {
		t.Errorf("%d rows, split at %d, %v", split.Rows, split.Split, err)
	}
}

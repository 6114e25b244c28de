package arrayfile

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// npyFile puts magic, version and length before the header.
func npyFile(header, numbers string) string {
	length := binary.LittleEndian.AppendUint16(nil, uint16(len(header)))
	return npyMagic + "\x01\x00" + string(length) + header + numbers
}

func npyOf(descr, shape, numbers string) string {
	return npyFile("{'descr': '"+descr+"', 'fortran_order': False, 'shape': "+shape+", }\n", numbers)
}

// zipFile holds members by alternating names and contents.
func zipFile(t testing.TB, members ...string) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(members); i += 2 {
		member, err := w.Create(members[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(member, members[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func idxOf(kind byte, numbers string, dims ...uint32) string {
	header := []byte{0, 0, kind, byte(len(dims))}
	for _, n := range dims {
		header = binary.BigEndian.AppendUint32(header, n)
	}
	return string(header) + numbers
}

func float64s(values ...float64) string {
	var b []byte
	for _, x := range values {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(x))
	}
	return string(b)
}

type badFile struct {
	name string
	file string
	opt  Options
	want string // in the error
}

func badCSVs(t testing.TB) []badFile {
	named := Options{LabelColumn: "y"}
	last := Options{LabelColumn: LastColumn}
	return []badFile{
		{"empty", "", Options{}, "it is empty"},
		{"only comments", "# 1,2\n\n", Options{}, "it holds no numbers"},
		{"only a header", "a,b\n", Options{}, "it holds no numbers"},
		{"too few columns", "1,2,3\n4,5\n", Options{}, "line 2: 2 columns instead of the 3 of the first line"},
		{"too many columns", "a,b\n\n4,5,6\n", Options{}, "line 3: 3 columns instead of the 2 of the first line"},
		{"text", "a,b\n1,2\n3,x\n", Options{}, `line 3, column 2 ("b"): "x" is not a number`},
		{"long text", "1\n" + strings.Repeat("x", 1000) + "\n", Options{}, `line 2, column 1: "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…" is not a number`},
		{"thousands", "a;b\n1.234,5;2\n", Options{}, `line 2, column 1 ("a"): "1.234,5" is not a number`},
		{"two decimal signs", "a;b\n1,5;2\n3;2.5\n", Options{}, `line 3, column 2 ("b"): "2.5" has a decimal point, but the numbers before it a decimal comma`},
		{"two columns of text", "1,x,2,y\n3,z,4,w\n", Options{}, "2 of its columns hold text, column 2, column 4: say which one has the labels"},
		{"two named columns of text", "a,b,c\n1,x,2021\n3,y,x\n", Options{LabelColumn: "c", Drop: []string{"a"}}, `line 2, column 2 ("b"): "x" is not a number`},
		{"text in one line", "a,b\nx,2\n3,4\n", Options{}, `line 2, column 1 ("a"): "x" is not a number`},
		{"an empty label", "1,x\n2,y\n3,\n", last, "line 3, column 2: the label is empty"},
		{"a long label", "1,y\n2," + strings.Repeat("x", 201) + "\n", last, "is longer than 200 bytes"},
		{"something behind the last comma", "1,2,\n3,4,\n5,6,7\n", Options{}, `line 3: "7" follows the last ',', behind which the first lines have nothing`},
		{"the last comma missing", "1,2,\n3,4,\n5,6\n", Options{}, "line 3: 2 columns instead of the 2 of the first line, which ends with ','"},
		{"no such column to drop", "a,b\n1,2\n", Options{Drop: []string{"c"}}, `no column "c" to drop; its columns are "a", "b", or by number 1 to 2`},
		{"no such number to drop", "1,2\n", Options{Drop: []string{"3"}}, `no column "3" to drop; its columns are 1 to 2`},
		{"all dropped", "1,2\n", Options{Drop: []string{"1", "2"}}, "all its columns are to be dropped"},
		{"labels dropped", "1,2\n", Options{LabelColumn: FirstColumn, Drop: []string{"1", "2"}}, "column 2 is to be dropped, but holds the labels"},
		{"NaN", "1,2\n3,nan\n", Options{}, "line 2, column 2: NaN is not a finite number"},
		{"infinity", "1,-Inf\n", Options{}, "line 1, column 2: -Inf is not a finite number"},
		{"too large", "1,1e999\n", Options{}, `line 1, column 2: "1e999" is too large`},
		{"too large for float32", "1,1e39\n", Options{}, "line 1, column 2: 1e+39 is too large for float32"},
		{"empty cell", "1,2\n3,\n", Options{}, "line 2, column 2: the cell is empty"},
		{"empty cell in the first line", "1,\n", Options{}, "line 1, column 2: the cell is empty"},
		{"first line of names and numbers", "label,0,1\n1,2,3\n", Options{}, `line 1: "label" is not a number, but others in the first line are: say whether that line is a header`},
		{"open quotation mark", "1,2\n\"3,4\n", Options{}, "line 2: column 1: the quotation mark is not closed"},
		{"after the quotation mark", "1,2\n\"3\"4,5\n", Options{}, `line 2: column 1: "4" follows the closing quotation mark`},
		{"no such column", "a,b\n1,2\n", named, `no column "y"; its columns are "a", "b"`},
		{"one of many columns", "a,b,c,d,e,f,g,h,i\n" + strings.Repeat("1,", 8) + "1\n", named, `"h", … (9 in all)`},
		{"no names", "1,2\n", named, `its columns have no names, so none is "y": say "first" or "last"`},
		{"name twice", "y,y\n1,2\n", named, `two columns are named "y"`},
		{"only labels", "1\n2\n", last, "its only column holds the labels"},
		{"fractional label", "1,2\n1,2.5\n", last, "line 2, column 2: the label 2.5 is not a whole number"},
		{"label NaN", "1,NaN\n", last, "line 1, column 2: the label NaN is not a whole number"},
		{"negative label", "1,-1\n", last, "line 1, column 2: the label -1 is negative"},
		{"label beyond the classes", "1,10\n", Options{LabelColumn: LastColumn, Classes: 10}, "line 1, column 2: the label 10 is out of range; 10 classes have the labels 0 to 9"},
		{"label too large", "1,65536\n", last, "the label 65536 is out of range; labels up to 65535 are allowed"},
		{"label almost whole", "1,1.00000000001\n", last, "the label 1.00000000001 is not a whole number"},
		{"binary", "1,2\x00", Options{}, "begins with"},
		{"UTF-16", "\xff\xfe1\x00,\x002\x00", Options{}, "UTF-16: save it in UTF-8"},
		{"a line without end", strings.Repeat("1,", maxLine/2+1), Options{}, "line 1 is longer than 16777216 bytes"},
		{"more numbers than allowed", strings.Repeat("1\n", 100), Options{MaxBytes: 256}, "more numbers than fit into the 256 bytes"},
		{"larger than allowed", strings.Repeat("1.000\n", 100), Options{MaxBytes: 500}, "more than the 500 bytes that are allowed"},
		{"gzip bomb", gzipped(t, strings.Repeat("0\n", 1<<20)), Options{MaxBytes: 1 << 20}, "it holds more numbers than fit into the 1048576 bytes"},
		{"gzip bomb in a line", gzipped(t, strings.Repeat("0", 1<<21)), Options{MaxBytes: 1 << 20}, "more than the 1048576 bytes that are allowed, counted after decompression"},
		{"gzip cut short", gzipped(t, strings.Repeat("1,2\n", 1000))[:30], Options{}, "unexpected EOF"},
		{"gzip header cut short", gzipped(t, "1")[:5], Options{}, "its gzip header is damaged"},
		{"gzip checksum", damaged(gzipped(t, "1,2\n"), -8), Options{}, "gzip: invalid checksum"},
		{"after gzip", gzipped(t, "1,2\n") + "x", Options{}, "EOF"},
		{"NPY instead", npyOf("<f8", "(1, 1)", float64s(1)), Options{Format: CSV}, `it should be CSV, but begins with "\x93NUMPY\x01\x00" as NPY does`},
	}
}

// damaged changes a byte, counted from the end if at is negative.
func damaged(file string, at int) string {
	b := []byte(file)
	if at < 0 {
		at += len(b)
	}
	b[at] ^= 0x55
	return string(b)
}

func badNPYs(t testing.TB) []badFile {
	valid := npyOf("<f8", "(2, 1)", float64s(1, 2))
	dict := func(s string) string { return npyFile(s+"\n", "") }
	return []badFile{
		{"magic only", valid[:6], Options{}, "cut short inside its header"},
		{"cut in the length", valid[:9], Options{}, "cut short inside its header"},
		{"cut in the header", valid[:30], Options{}, "cut short inside its header"},
		{"cut in the numbers", valid[:len(valid)-1], Options{}, "its shape (2, 1) of float64 needs"},
		{"something follows", valid + "x", Options{}, "its shape (2, 1) of float64 needs"},
		{"gzip, cut in the numbers", gzipped(t, valid[:len(valid)-1]), Options{}, "it is cut short: 1 of 2 numbers are there"},
		{"gzip, something follows", gzipped(t, valid+"x"), Options{}, "it goes on after the numbers that its header announces"},
		{"gzip, checksum", damaged(gzipped(t, valid), -8), Options{}, "invalid checksum"},
		{"gzip bomb", gzipped(t, valid+strings.Repeat("\x00", 1<<20)), Options{}, "it goes on after the numbers"},
		{"8 TiB", npyOf("<f8", "(1099511627776, 1)", float64s(1)), Options{}, "its shape (1099511627776, 1) of float64 needs 8796093022"},
		{"8 TiB, gzip", gzipped(t, npyOf("<f8", "(1099511627776, 1)", float64s(1))), Options{}, "at most 2147483648 are allowed"},
		{"1 GiB announced, gzip", gzipped(t, npyOf("<f8", "(134217728, 1)", float64s(1))), Options{}, "it is cut short: 1 of 134217728 numbers are there"},
		{"larger in memory than allowed", npyOf("|u1", "(1, 100)", strings.Repeat("\x01", 100)), Options{MaxBytes: 256}, "its shape (1, 100) needs 400 bytes as float32; at most 256"},
		{"overflowing shape", npyOf("<f8", "(4294967296, 4294967296, 2)", ""), Options{}, "its shape (4294967296, 4294967296, 2) is too large"},
		{"wrapping to zero", npyOf("<f8", "(0, 4294967296, 4294967296)", ""), Options{}, "is too large"},
		{"extent beyond int64", npyOf("<f8", "(9223372036854775808, 1)", ""), Options{}, "stands in the shape where a whole number should"},
		{"negative extent", npyOf("<f8", "(-1, 1)", ""), Options{}, `"-1, 1), }\n" stands in the shape where a whole number should`},
		{"33 dimensions", npyOf("<f8", "("+strings.Repeat("1,", 33)+")", ""), Options{}, "more than 32 dimensions"},
		{"header of 1 MiB", npyMagic + "\x02\x00\x00\x00\x10\x00" + strings.Repeat(" ", 1<<20), Options{}, "its header has 1048576 bytes; at most 65536"},
		{"header of 4 GiB", npyMagic + "\x02\x00\xff\xff\xff\xff", Options{}, "its header has 4294967295 bytes; at most 65536"},
		{"version 4", npyMagic + "\x04\x00", Options{}, "its NPY version is 4; 1 to 3 can be read"},
		{"one dimension", npyOf("<f8", "(2,)", float64s(1, 2)), Options{}, "its shape is (2,); samples need two dimensions or more"},
		{"NaN", npyOf("<f8", "(2, 2)", float64s(1, 2, 3, math.NaN())), Options{}, "row 2, column 2: NaN is not a finite number"},
		{"infinity", npyOf("<f8", "(2, 1, 2)", float64s(1, 2, math.Inf(-1), 3)), Options{}, "row 2, column 1: -Inf is not a finite number"},
		{"too large", npyOf("<f8", "(1, 2)", float64s(1, -1e300)), Options{}, "row 1, column 2: -1e+300 is too large for float32"},
		{"label", npyOf("<f8", "(2, 2)", float64s(1, 2, 3, 0.5)), Options{LabelColumn: LastColumn}, "row 2, column 2: the label 0.5 is not a whole number"},
		{"named label", valid, Options{LabelColumn: "y"}, "its columns have no names"},
		{"dictionary missing", dict(""), Options{}, `"" stands where '{' should`},
		{"dictionary not closed", dict("{'descr': '<f8'"), Options{}, `"" stands where '}' should`},
		{"key not quoted", dict("{descr: '<f8'}"), Options{}, "stands where a string should"},
		{"key twice", dict("{'descr': '<f8', 'descr': '<f8'}"), Options{}, `"descr" stands in it twice`},
		{"key missing", dict("{'descr': '<f8', 'fortran_order': False}"), Options{}, `"shape" is missing`},
		{"unknown key", dict("{'version': 1}"), Options{}, `unknown key "version"`},
		{"order a number", dict("{'fortran_order': 1}"), Options{}, "stands where True or False should"},
		{"shape a number", dict("{'shape': 1}"), Options{}, `stands where '(' should`},
		{"after the dictionary", dict("{'descr': '<f8', 'fortran_order': False, 'shape': (1, 1)} x"), Options{}, `"x\n" follows it`},
		{"unknown type", npyOf("<f3", "(1, 1)", "123"), Options{}, `its type "<f3" cannot be read`},
		{"no type", npyOf("", "(1, 1)", "123"), Options{}, `its type "" cannot be read`},
		{"named npz", valid, Options{Format: NPZ}, "it should be NPZ, but begins with"},
	}
}

func badNPZs(t testing.TB) []badFile {
	x := npyOf("<f8", "(2, 1)", float64s(1, 2))
	y := npyOf("<i8", "(3,)", strings.Repeat("\x00", 24))
	xy := zipFile(t, "x.npy", x, "y.npy", y)
	big := npyOf("|u1", "(1048576, 1)", strings.Repeat("\x00", 1<<20))
	var many []string
	for range 20 {
		many = append(many, strings.Repeat("x", 60000), "")
	}
	return []badFile{
		{"start only", "PK\x03\x04", Options{}, "cut short or not an NPZ"},
		{"cut short", xy[:len(xy)-30], Options{}, "cut short or not an NPZ"},
		{"no arrays", zipFile(t, "readme.txt", "x"), Options{}, "it holds no arrays"},
		{"no members", zipFile(t), Options{}, "it holds no arrays"},
		{"name twice", zipFile(t, "x.npy", x, "x.npy", x), Options{}, `two arrays in it are named "x"`},
		{"several arrays", zipFile(t, "p.npy", x, "q.npy", y), Options{}, `it holds several arrays: say which one to read of "p", "q"`},
		{"two for samples", zipFile(t, "x.npy", x, "data.npy", x, "y.npy", y), Options{}, `it holds several arrays: say which one to read of "x", "data", "y"`},
		{"customary, other number of labels", xy, Options{}, `its array "y" holds 3 labels, but "x" holds 2 rows`},
		{"other samples to test on", zipFile(t, "x_train.npy", x, "y_train.npy", npyOf("|u1", "(2,)", "\x00\x01"), "x_test.npy", npyOf("|u1", "(1, 2)", "\x01\x01"), "y_test.npy", npyOf("|u1", "(1,)", "\x00")), Options{}, `its array "x_test" holds samples of the shape (2,), but "x_train" of (1,)`},
		{"no such array", xy, Options{Array: "z"}, `it holds no array "z"; its arrays are "x", "y"`},
		{"no such labels", xy, Options{LabelColumn: "z"}, `it holds no array "z" for the labels; its arrays are "x", "y"`},
		{"only labels", zipFile(t, "y.npy", y), Options{LabelColumn: "y"}, `it holds no array besides the labels "y"`},
		{"other number of labels", xy, Options{LabelColumn: "y"}, `its array "y" holds 3 labels, but "x" holds 2 rows`},
		{"labels out of range", zipFile(t, "x.npy", x, "y.npy", npyOf("|u1", "(2,)", "\x01\x0a")), Options{LabelColumn: "y", Classes: 10}, `array "y": row 2, column 1: the label 10 is out of range`},
		{"member is not NPY", zipFile(t, "x.npy", "1,2\n3,4\n"), Options{}, `array "x": an NPY file begins with`},
		{"member cut short", zipFile(t, "x.npy", x[:len(x)-1]), Options{}, `array "x": it is cut short: 1 of 2 numbers are there`},
		{"member goes on", zipFile(t, "x.npy", x+"x"), Options{}, `array "x": it goes on`},
		{"member damaged", damaged(zipFile(t, "x.npy", npyOf("|u1", "(65536, 1)", strings.Repeat("\x00", 1<<16))), 100), Options{}, `array "x": `},
		{"8 TiB", zipFile(t, "x.npy", npyOf("<f8", "(1099511627776, 1)", "")), Options{}, "at most 2147483648 are allowed"},
		{"bomb", zipFile(t, "x.npy", big), Options{MaxBytes: 1 << 20}, "needs 1048"},
		{"bomb behind the numbers", zipFile(t, "x.npy", x+strings.Repeat("\x00", 1<<20)), Options{}, "it goes on after the numbers"},
		{"long list of members", zipFile(t, many...), Options{}, "the list of its arrays takes more than 1048576 bytes"},
	}
}

func badIDXs(t testing.TB) []badFile {
	four := idxOf(8, "\x01\x02\x03\x04", 2, 2)
	return []badFile{
		{"cut in the magic", four[:3], Options{Format: IDX}, `it should be IDX, but begins with "\x00\x00\b"`},
		{"cut in the shape", four[:10], Options{}, "cut short inside its header"},
		{"cut in the numbers", four[:15], Options{}, "its shape (2, 2) of uint8 needs 16 bytes, but the file has 15: it is cut short"},
		{"something follows", four + "x", Options{}, "its shape (2, 2) of uint8 needs 16 bytes, but the file has 17: something follows"},
		{"gzip, cut in the numbers", gzipped(t, four[:15]), Options{}, "it is cut short: 3 of 4 numbers are there"},
		{"gzip, something follows", gzipped(t, four+"x"), Options{}, "it goes on after"},
		{"wrong magic", "\x00\x01\x08\x02", Options{Format: IDX}, `it should be IDX, but begins with "\x00\x01\b\x02"`},
		{"unknown type", idxOf(0x0a, "", 1, 1), Options{Format: IDX}, "it should be IDX, but begins with"},
		{"33 dimensions", idxOf(8, "", make([]uint32, 33)...), Options{}, "33 dimensions; at most 32"},
		{"labels as samples", idxOf(8, "\x01\x02", 2), Options{}, "its shape is (2,); samples need two dimensions or more"},
		{"no samples", idxOf(8, "", 0, 28, 28), Options{}, "it holds no numbers"},
		{"no pixels", idxOf(8, "", 10, 0), Options{}, "it holds no numbers"},
		{"8 TiB", idxOf(8, "\x01", 1<<31, 1<<12), Options{}, "its shape (2147483648, 4096) of uint8 needs 8796093022220 bytes"},
		{"overflowing shape", idxOf(0x0e, "", 1<<31, 1<<31, 1<<31), Options{}, "is too large"},
		{"NaN", idxOf(0x0d, "\x7f\xc0\x00\x00", 1, 1), Options{}, "row 1, column 1: NaN is not a finite number"},
		{"label", idxOf(9, "\x01\xff", 1, 2), Options{LabelColumn: LastColumn}, "row 1, column 2: the label -1 is negative"},
	}
}

func TestReadRefuses(t *testing.T) {
	for format, files := range map[string][]badFile{"CSV": badCSVs(t), "NPY": badNPYs(t), "NPZ": badNPZs(t), "IDX": badIDXs(t)} {
		for _, test := range files {
			t.Run(format+"/"+test.name, func(t *testing.T) {
				path := filepath.Join(t.TempDir(), "bad")
				if err := os.WriteFile(path, []byte(test.file), 0o600); err != nil {
					t.Fatal(err)
				}
				var err error
				allocated := allocatedBy(func() { _, err = Read[float32](path, test.opt) })
				if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), path) {
					t.Fatalf("error is %v, want one with %q and the path", err, test.want)
				}
				if n := len(err.Error()) - len(path); n > 300 || strings.Contains(err.Error(), "\n") {
					t.Errorf("the error is not a line a person reads, it has %d bytes: %v", n, err)
				}
				checkAllocated(t, len(test.file), allocated, uint64(2*len(test.file)+16<<20))

				test.opt.Stdin = strings.NewReader(test.file)
				if _, err := Read[float32](Stdin, test.opt); err == nil || !strings.Contains(err.Error(), "standard input") {
					t.Errorf("from standard input the error is %v", err)
				}
			})
		}
	}
}

func TestReadRefusesFilesOfNumPy(t *testing.T) {
	for file, want := range map[string]string{
		"scalar.npy":  "it holds a single number instead of an array",
		"empty.npy":   "it holds no numbers",
		"objects.npy": "Python objects, which are never unpickled",
		"record.npy":  "stands where a string should",
		"complex.npy": `its type "<c16" cannot be read`,
		"nan.npy":     "row 2, column 2: NaN is not a finite number",
		"labels.npy":  "its shape is (2,); samples need two dimensions or more",
	} {
		_, err := Read[float64](filepath.Join("testdata", file), Options{})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error is %v, want one with %q", file, err, want)
		}
	}
}

func TestReadRefusesPaths(t *testing.T) {
	folder := t.TempDir()
	write := func(name, contents string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(contents), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good := write("good", "1,2\n3,4\n")
	three := write("three.csv", "0\n1\n2\n")
	two := write("two.csv", "0,1\n1,2\n")
	tests := []struct {
		name, path string
		opt        Options
		want       string
	}{
		{"missing", filepath.Join(folder, "missing"), Options{}, "cannot read " + filepath.Join(folder, "missing") + ": "},
		{"a folder", folder, Options{}, "it is a folder"},
		{"another format than its name", write("a.npy", "1,2\n"), Options{}, `it should be NPY, but begins with "1,2\n" as CSV does`},
		{"a picture", write("a", "\x89PNG\r\n\x1a\n\x00"), Options{}, "which is none of the formats CSV, NPY, NPZ and IDX"},
		{"too large", good, Options{MaxBytes: 7}, "more than the 7 bytes"},
		{"missing labels", good, Options{LabelFile: filepath.Join(folder, "missing")}, "cannot read labels from"},
		{"other number of labels", good, Options{LabelFile: three}, "three.csv holds 3 labels, but"},
		{"labels of two columns", good, Options{LabelFile: two}, "it holds 2 columns: say which one has the labels"},
		{"no such label column", good, Options{LabelFile: two, LabelColumn: "y"}, "two.csv: its columns have no names"},
		{"empty labels", good, Options{LabelFile: write("empty.csv", "label\n")}, "empty.csv: it holds no numbers"},
		{"labels out of range", good, Options{LabelFile: three, Classes: 2}, "three.csv: line 3, column 1: the label 2 is out of range"},
		{"both from standard input", Stdin, Options{LabelFile: Stdin}, "cannot both come from standard input"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Read[float64](test.path, test.opt)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error is %v, want one with %q", err, test.want)
			}
		})
	}
}

// A cut file must fail wherever it is cut, except that a CSV may end after any of its
// digits.
func TestReadEveryPrefixFails(t *testing.T) {
	for _, name := range []string{"f8_little.npy", "cube_fortran.npy", "compressed.npz", "labels.npy.gz"} {
		whole, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		for n := range whole {
			if _, err := Read[float64](Stdin, Options{Stdin: bytes.NewReader(whole[:n])}); err == nil {
				t.Errorf("the first %d of %d bytes of %s were read without an error", n, len(whole), name)
			}
		}
	}
}

// An endless gzip file is refused after the bytes that are allowed.
func TestReadStopsAtBomb(t *testing.T) {
	member := gzipped(t, strings.Repeat("0,0,0,0\n", 1<<13))
	for _, format := range []Format{CSV, NPY, NPZ} {
		start := ""
		if format == NPY {
			start = npyOf("<f8", "(131000, 1)", "")
		} else if format == NPZ {
			start = "PK\x03\x04"
		}
		in := io.MultiReader(strings.NewReader(gzipped(t, start)), &endless{member: member})
		_, err := Read[float32](Stdin, Options{Stdin: in, Format: format, MaxBytes: 1 << 20})
		want := "1048576 bytes"
		if format == NPY {
			want = "it goes on after the numbers"
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: error is %v, want one with %q", format, err, want)
		}
	}
}

// endless repeats a member for ever.
type endless struct {
	member string
	at     int
}

func (e *endless) Read(p []byte) (int, error) {
	n := copy(p, e.member[e.at:])
	e.at = (e.at + n) % len(e.member)
	return n, nil
}

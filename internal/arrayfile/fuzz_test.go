package arrayfile

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// allocatedBy returns the bytes that f allocates in all, at least those that it
// holds at any time.
func allocatedBy(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// checkAllocated holds what reading a file allocated against the limit.
func checkAllocated(t *testing.T, fileBytes int, allocated, limit uint64) {
	t.Helper()
	if allocated > limit && !raceDetector {
		t.Errorf("%d bytes were allocated to read a file of %d; at most %d should be", allocated, fileBytes, limit)
	}
}

// fuzzMaxBytes is what the fuzz targets allow a table and a decompressed file.
const fuzzMaxBytes = 1 << 20

// fuzzRead reads data in the given format, as a file and as a pipe, with every way of
// labelling. Nothing may panic or take more memory than twice the file and 16 MiB,
// and what is read must be whole, finite and the same both ways.
func fuzzRead(t *testing.T, format Format, data []byte) {
	for _, labels := range []string{"", FirstColumn, "y"} {
		opt := Options{Format: format, LabelColumn: labels, MaxBytes: fuzzMaxBytes}
		piped, pipedErr := fuzzOnce(t, data, -1, opt)
		filed, filedErr := fuzzOnce(t, data, int64(len(data)), opt)
		if (pipedErr == nil) != (filedErr == nil) {
			t.Fatalf("as a pipe the error is %v, as a file %v", pipedErr, filedErr)
		}
		if pipedErr != nil {
			if strings.Contains(filedErr.Error(), "\n") {
				t.Errorf("an error of several lines: %v", filedErr)
			}
			continue
		}
		if piped.Rows != filed.Rows || piped.Columns != filed.Columns {
			t.Errorf("as a pipe it is %d×%d, as a file %d×%d", piped.Rows, piped.Columns, filed.Rows, filed.Columns)
		}
		checkTable(t, filed, labels != "")
	}
	opt := Options{Format: format, MaxBytes: fuzzMaxBytes}
	s, err := newSource("fuzz", bytes.NewReader(data), -1, opt)
	if err != nil {
		return
	}
	defer s.close()
	if labels, err := labelsFrom(s, opt); err == nil && len(labels.Numbers) == 0 {
		t.Error("no labels and no error")
	}
}

func fuzzOnce(t *testing.T, data []byte, size int64, opt Options) (table *Table[float32], err error) {
	allocated := allocatedBy(func() {
		var s *source
		if s, err = newSource("fuzz", bytes.NewReader(data), size, opt); err != nil {
			return
		}
		defer s.close()
		table, err = tableFrom[float32](s, opt)
	})
	checkAllocated(t, len(data), allocated, uint64(2*len(data)+16<<20))
	return table, err
}

func checkTable(t *testing.T, table *Table[float32], labelled bool) {
	if table.Rows <= 0 || table.Columns <= 0 || len(table.Samples) != table.Rows*table.Columns || product(table.Shape) != table.Columns {
		t.Errorf("%d×%d of shape %v with %d numbers", table.Rows, table.Columns, table.Shape, len(table.Samples))
	}
	if labelled && table.Labels == nil || table.Labels != nil && len(table.Labels) != table.Rows {
		t.Errorf("%d labels for %d rows", len(table.Labels), table.Rows)
	}
	if table.LabelNames != nil && !slices.IsSorted(table.LabelNames) {
		t.Errorf("labels are named %q", table.LabelNames)
	}
	if table.Names != nil && len(table.Names) != table.Columns {
		t.Errorf("%d names for %d columns", len(table.Names), table.Columns)
	}
	for i, x := range table.Samples {
		if math.IsNaN(float64(x)) || math.IsInf(float64(x), 0) {
			t.Errorf("number %d is %v", i, x)
		}
	}
	for i, label := range table.Labels {
		if label < 0 || label >= maxClasses || table.LabelNames != nil && label >= len(table.LabelNames) {
			t.Errorf("label %d is %d", i, label)
		}
	}
}

// addSeeds adds the short ones of the files, and testdata of that ending.
func addSeeds(f *testing.F, pattern string, files []badFile) {
	paths, err := filepath.Glob(filepath.Join("testdata", pattern))
	if err != nil || len(paths) == 0 {
		f.Fatalf("no files %s: %v", pattern, err)
	}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	for _, file := range files {
		if len(file.file) <= 1024 {
			f.Add([]byte(file.file))
		}
	}
}

func FuzzReadCSV(f *testing.F) {
	addSeeds(f, "*.csv", badCSVs(f))
	f.Add([]byte("a,y\n1,2\n3,4\n"))
	f.Add([]byte("\ufeff\"a\"\";\";y\r\n1;2\r\n"))
	f.Fuzz(func(t *testing.T, data []byte) { fuzzRead(t, CSV, data) })
}

func FuzzReadNPY(f *testing.F) {
	addSeeds(f, "*.npy", badNPYs(f))
	f.Fuzz(func(t *testing.T, data []byte) { fuzzRead(t, NPY, data) })
}

func FuzzReadNPZ(f *testing.F) {
	addSeeds(f, "*.npz", badNPZs(f))
	f.Fuzz(func(t *testing.T, data []byte) { fuzzRead(t, NPZ, data) })
}

func FuzzReadIDX(f *testing.F) {
	addSeeds(f, "labels.npy", badIDXs(f))
	f.Add([]byte(idxFile))
	f.Fuzz(func(t *testing.T, data []byte) { fuzzRead(t, IDX, data) })
}

// FuzzReadGzip compresses its data, which the others only meet in their seeds.
func FuzzReadGzip(f *testing.F) {
	addSeeds(f, "*.npy", nil)
	f.Add([]byte(idxFile))
	f.Add([]byte("a,y\n1,2\n3,4\n"))
	f.Fuzz(func(t *testing.T, data []byte) { fuzzRead(t, Auto, []byte(gzipped(t, string(data)))) })
}

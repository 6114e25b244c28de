package arrayfile

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// What Read allocates in all, for a file of known size: the table, and little besides.
func TestReadMemory(t *testing.T) {
	const rows, columns = 30000, 40
	values := make([]float64, rows*columns)
	pixels := make([]uint8, rows*columns)
	names := make([]string, columns)
	for i := range values {
		pixels[i] = uint8(i * i % 10)
		values[i] = float64(pixels[i])
	}
	for i := range names {
		names[i] = "x" + string(rune('A'+i))
	}
	files := map[string]func(*bytes.Buffer) error{
		"CSV":         func(w *bytes.Buffer) error { return WriteCSV(w, NewColumns(names, pixels)) },
		"NPY uint8":   func(w *bytes.Buffer) error { return WriteNPY(w, pixels, rows, columns) },
		"NPY float64": func(w *bytes.Buffer) error { return WriteNPY(w, values, rows, columns) },
		"NPZ":         func(w *bytes.Buffer) error { return WriteNPZ(w, NewArray("x", values, rows, columns)) },
		"IDX": func(w *bytes.Buffer) error {
			_, err := w.WriteString(idxOf(8, string(pixels), rows, columns))
			return err
		},
	}
	for name, write := range files {
		t.Run(name, func(t *testing.T) {
			var file bytes.Buffer
			if err := write(&file); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(t.TempDir(), "file")
			if err := os.WriteFile(path, file.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
			var table *Table[float64]
			var err error
			allocated := allocatedBy(func() { table, err = Read[float64](path, Options{LabelColumn: LastColumn, Classes: 10}) })
			if err != nil {
				t.Fatal(err)
			}
			if table.Rows != rows || len(table.Labels) != rows || table.Samples[columns] != values[columns+1] {
				t.Errorf("read %d rows and %d labels", table.Rows, len(table.Labels))
			}
			const tableBytes = 8*rows*(columns-1) + 8*rows
			// Labels of a CSV grow as they come; its samples are estimated a little high.
			checkAllocated(t, file.Len(), allocated, uint64(1.2*tableBytes+1<<20))
		})
	}
}

func BenchmarkRead(b *testing.B) {
	const rows, columns = 10000, 64
	pixels := make([]uint8, rows*columns)
	names := make([]string, columns)
	for i := range pixels {
		pixels[i] = uint8(i * i % 17)
	}
	files := map[string]func(*bytes.Buffer) error{
		"CSV": func(w *bytes.Buffer) error { return WriteCSV(w, NewColumns(names, pixels)) },
		"NPY": func(w *bytes.Buffer) error { return WriteNPY(w, pixels, rows, columns) },
		"IDX": func(w *bytes.Buffer) error {
			_, err := w.WriteString(idxOf(8, string(pixels), rows, columns))
			return err
		},
	}
	for _, name := range []string{"CSV", "NPY", "IDX"} {
		var file bytes.Buffer
		if err := files[name](&file); err != nil {
			b.Fatal(err)
		}
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				opt := Options{Stdin: bytes.NewReader(file.Bytes()), Header: HeaderPresent}
				if _, err := Read[float32](Stdin, opt); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(rows*columns), "ns/number")
		})
	}
}

package randomstate

import (
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"
)

// readNPY returns the values of a version 1.0 .npy file of float64 in C order.
func readNPY(t *testing.T, name string) []float64 {
	t.Helper()
	file, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	const magic = "\x93NUMPY\x01\x00"
	if string(file[:len(magic)]) != magic {
		t.Fatalf("%s is not a version 1.0 .npy file", name)
	}
	header := int(binary.LittleEndian.Uint16(file[len(magic):]))
	file = file[len(magic)+2+header:]
	values := make([]float64, len(file)/8)
	for i := range values {
		values[i] = math.Float64frombits(binary.LittleEndian.Uint64(file[8*i:]))
	}
	return values
}

func TestNotebookStart(t *testing.T) {
	z0, w0, predictZ0 := NotebookStart(42, 10, 64, 1000, 500)
	tests := []struct {
		file string
		got  []float64
		size int
		// lastBit lists the elements whose logarithm glibc does not round to
		// nearest: the only ones that may, and must, be its neighbour.
		lastBit map[int]bool
	}{
		{"notebook_z0.npy", z0, 10 * 1000, map[int]bool{76: true, 77: true, 7697: true}},
		{"notebook_w0.npy", w0, 64 * 10, nil},
		{"notebook_predict_z0.npy", predictZ0, 10 * 500, nil},
	}
	for _, test := range tests {
		t.Run(test.file, func(t *testing.T) {
			want := readNPY(t, test.file)
			if len(want) != test.size || len(test.got) != test.size {
				t.Fatalf("%d values in the file, %d drawn, not %d", len(want), len(test.got), test.size)
			}
			for i, got := range test.got {
				expected := want[i]
				if test.lastBit[i] {
					expected = math.Nextafter(expected, 0)
				}
				if got != expected {
					t.Errorf("element %d is %x, not %x", i, got, expected)
				}
			}
		})
	}
}

func TestNotebookStartDependsOnSeed(t *testing.T) {
	a, _, _ := NotebookStart(42, 2, 3, 4, 5)
	b, _, _ := NotebookStart(43, 2, 3, 4, 5)
	for i := range a {
		if a[i] == b[i] {
			t.Errorf("element %d is %v for both seeds", i, a[i])
		}
	}
}

func TestToyStart(t *testing.T) {
	y0, a0 := ToyStart(42)
	if y0 != -2.50919762305275 || a0 != 3.4014286128198323 {
		t.Errorf("y0 = %v and a0 = %v, not -2.50919762305275 and 3.4014286128198323", y0, a0)
	}
}

func ExampleNotebookStart() {
	// The notebook's other run: ten rows to train on.
	z0, w0, predictZ0 := NotebookStart(42, 10, 64, 10, 500)
	fmt.Println(len(z0), len(w0), len(predictZ0))
	fmt.Println(z0[0])
	// Output:
	// 100 640 5000
	// 0.004967141530112327
}

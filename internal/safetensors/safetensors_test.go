package safetensors

import (
	"bytes"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
)

var update = flag.Bool("update", false, "write testdata/ours.safetensors, to be checked with testdata/check.py")

// The contents of the files in testdata, as testdata/values.py has them.
func exampleArrays() []Array {
	return []Array{
		New("seed", []int64{-5}),
		New("none", []float32{}, 0, 3),
		New("labels", []int32{7, -1, math.MaxInt32}, 3),
		New("bias", []float64{0.1, -2.5e300}, 2),
		New("dictionary", []float32{0.25, -1.5, 3, 1e-45, float32(math.Copysign(0, -1)), 1 << 24}, 2, 3),
	}
}

var exampleMetadata = map[string]string{"format_version": "1", "note": "quotes \" < é and\nlines"}

func TestWriteBytes(t *testing.T) {
	path := filepath.Join("testdata", "ours.safetensors")
	var got bytes.Buffer
	if err := Write(&got, exampleArrays(), exampleMetadata); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(path, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Errorf("wrote\n%q, but Python was shown\n%q", got.Bytes(), want)
	}

	reversed := exampleArrays()
	slices.Reverse(reversed)
	var again bytes.Buffer
	if err := Write(&again, reversed, exampleMetadata); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(again.Bytes(), want) {
		t.Error("the order of the arrays changes the bytes")
	}
}

func TestReadFile(t *testing.T) {
	for _, name := range []string{"python.safetensors", "ours.safetensors"} {
		t.Run(name, func(t *testing.T) {
			file, err := ReadFile(filepath.Join("testdata", name))
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(file.Metadata, exampleMetadata) {
				t.Errorf("metadata is %q, want %q", file.Metadata, exampleMetadata)
			}
			if want := []string{"bias", "dictionary", "labels", "none", "seed"}; !slices.Equal(file.Names(), want) {
				t.Errorf("names are %q, want %q", file.Names(), want)
			}
			for _, want := range exampleArrays() {
				got, ok := file.Lookup(want.Name)
				// %#v distinguishes 0 from -0.
				if !ok || fmt.Sprintf("%#v", got) != fmt.Sprintf("%#v", want) {
					t.Errorf("%s is %#v, want %#v", want.Name, got, want)
				}
			}
		})
	}
}

func TestAccessors(t *testing.T) {
	file, err := ReadFile(filepath.Join("testdata", "ours.safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	narrow, err := Floats[float32](file, "dictionary", 2, 3)
	if want := []float32{0.25, -1.5, 3, 1e-45, 0, 1 << 24}; err != nil || !slices.Equal(narrow, want) {
		t.Errorf("dictionary is %v, %v, want %v", narrow, err, want)
	}
	narrow[0] = 7
	wide, err := Floats[float64](file, "dictionary", -1, 3)
	if want := []float64{0.25, -1.5, 3, 0x1p-149, 0, 1 << 24}; err != nil || !slices.Equal(wide, want) {
		t.Errorf("dictionary as float64 is %v, %v, want %v", wide, err, want)
	}
	if seed, err := Ints(file, "seed"); err != nil || !slices.Equal(seed, []int64{-5}) {
		t.Errorf("seed is %v, %v", seed, err)
	}
	if labels, err := Ints(file, "labels", 3); err != nil || !slices.Equal(labels, []int64{7, -1, math.MaxInt32}) {
		t.Errorf("labels are %v, %v", labels, err)
	}
}

func TestAccessorsRefuse(t *testing.T) {
	file, err := ReadFile(filepath.Join("testdata", "ours.safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	floats := func(name string, shape ...int) error {
		_, err := Floats[float32](file, name, shape...)
		return err
	}
	ints := func(name string, shape ...int) error {
		_, err := Ints(file, name, shape...)
		return err
	}
	tests := []struct {
		got  error
		want string
	}{
		{floats("gain", 2), `there is no array "gain" in the file`},
		{floats("dictionary", 3, 2), `the array "dictionary" has the shape [2 3] instead of [3 2]`},
		{floats("dictionary"), `the array "dictionary" has the shape [2 3] instead of []`},
		{floats("bias", 2), `the array "bias" has the element type F64 instead of F32`},
		{floats("labels", 3), `the array "labels" has the element type I32 instead of F32`},
		{ints("bias", 2), `the array "bias" has the element type F64 instead of I32 or I64`},
	}
	for _, test := range tests {
		if test.got == nil || test.got.Error() != test.want {
			t.Errorf("error is %v, want %s", test.got, test.want)
		}
	}
}

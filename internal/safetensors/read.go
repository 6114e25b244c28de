package safetensors

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
)

// maxFile bounds the size of a file, and with it the memory that reading it
// needs: a file with holes can be far larger than the disk it lies on.
const maxFile = 4 << 30

// File is the contents of a file.
type File struct {
	Metadata map[string]string // never nil
	arrays   map[string]Array
}

// ReadFile reads the file at path. Errors name the path.
func ReadFile(path string) (*File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("cannot read %s: it is not a regular file", path)
	}
	file, err := Read(f, info.Size())
	if err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", path, err)
	}
	return file, nil
}

// Read reads a file of the given size in bytes. Every length in the file is checked
// against size before memory is set aside for it, and the memory needed is at
// most size and 16 MiB; for that the header may have at most 256 KiB.
//
// Refused are: a header that is not the JSON described above, element types that
// [Element] lacks, names used twice, shapes that differ from the offsets, and
// arrays that overlap, leave a gap or do not end where the file ends. Numbers are
// taken as they are, NaN and infinities included.
func Read(r io.ReaderAt, size int64) (*File, error) {
	header, err := readHeader(r, size)
	if err != nil {
		return nil, fmt.Errorf("not a safetensors file that can be read: %w", err)
	}
	entries, metadata, err := parseHeader(header)
	if err != nil {
		return nil, fmt.Errorf("safetensors header: %w", err)
	}
	start := int64(8 + len(header))
	if err := checkLayout(entries, size-start); err != nil {
		return nil, fmt.Errorf("safetensors header: %w", err)
	}
	file := &File{Metadata: metadata, arrays: make(map[string]Array, len(entries))}
	for _, e := range entries {
		a := e.array
		length := e.end - e.begin
		section := io.NewSectionReader(r, start+e.begin, length)
		if err := a.decode(section, int(length/elementSize(a.DType))); err != nil {
			return nil, fmt.Errorf("reading the array %q: %w", a.Name, err)
		}
		file.arrays[a.Name] = a
	}
	return file, nil
}

func readHeader(r io.ReaderAt, size int64) ([]byte, error) {
	if size < 10 {
		return nil, fmt.Errorf("it has %d bytes; even without arrays it would have 10", size)
	}
	if size > maxFile {
		return nil, fmt.Errorf("it has %d bytes; at most %d are allowed", size, int64(maxFile))
	}
	var prefix [8]byte
	if _, err := io.ReadFull(io.NewSectionReader(r, 0, 8), prefix[:]); err != nil {
		return nil, fmt.Errorf("reading the header's length: %w", err)
	}
	n := binary.LittleEndian.Uint64(prefix[:])
	if n < 2 || n > uint64(size-8) {
		return nil, fmt.Errorf("its first 8 bytes announce a header of %d bytes, and %d follow: the file is cut short or of another format", n, size-8)
	}
	if n > maxHeader {
		return nil, fmt.Errorf("its header has %d bytes; at most %d are allowed", n, maxHeader)
	}
	header := make([]byte, n)
	if _, err := io.ReadFull(io.NewSectionReader(r, 8, int64(n)), header); err != nil {
		return nil, fmt.Errorf("reading the header: %w", err)
	}
	if !bytes.HasPrefix(header, []byte("{")) {
		return nil, fmt.Errorf("its header begins with %q instead of \"{\": the file is of another format", header[:1])
	}
	return header, nil
}

// checkLayout sorts the entries by their place in the file, and checks that
// they fill the size bytes after the header.
func checkLayout(entries []entry, size int64) error {
	slices.SortFunc(entries, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.begin, b.begin), cmp.Compare(a.end, b.end))
	})
	var end int64
	for _, e := range entries {
		name := e.array.Name
		want, err := bytesOf(e.array.DType, e.array.Shape)
		switch {
		case err != nil:
			return fmt.Errorf("the array %q %w", name, err)
		case e.begin > e.end || e.end-e.begin != want:
			return fmt.Errorf("the array %q has the offsets %d to %d, but its shape %v of %s needs %d bytes", name, e.begin, e.end, e.array.Shape, e.array.DType, want)
		case e.begin < end:
			return fmt.Errorf("the array %q begins at offset %d, inside the array before it, which ends at %d", name, e.begin, end)
		case e.begin > end:
			return fmt.Errorf("the array %q begins at offset %d, but the array before it ends at %d", name, e.begin, end)
		case e.end > size:
			return fmt.Errorf("the array %q ends at offset %d, but only %d bytes follow the header: the file is cut short", name, e.end, size)
		}
		end = e.end
	}
	if end != size {
		return fmt.Errorf("the arrays end at offset %d, but %d bytes follow the header", end, size)
	}
	return nil
}

// Names returns the names of the arrays, sorted.
func (f *File) Names() []string {
	return slices.Sorted(maps.Keys(f.arrays))
}

// Lookup returns the array of that name, and whether there is one. Its shape is the
// file's own and must not be changed.
func (f *File) Lookup(name string) (Array, bool) {
	a, ok := f.arrays[name]
	return a, ok
}

// Floats returns the numbers of an array of F32 or F64, row-major, in a slice of
// their own. The array must have exactly the given shape (none for a number on its own),
// in which -1 stands for any extent. F32 is widened for float64; F64 is not
// rounded to float32 but refused.
func Floats[T float32 | float64](f *File, name string, shape ...int) ([]T, error) {
	a, err := f.shaped(name, shape)
	if err != nil {
		return nil, err
	}
	if same, ok := a.values.([]T); ok {
		return slices.Clone(same), nil
	}
	narrow, isF32 := a.values.([]float32)
	if !isF32 {
		return nil, fmt.Errorf("the array %q has the element type %s instead of %s", name, a.DType, dtypeOf[T]())
	}
	wide := make([]T, len(narrow))
	for i, x := range narrow {
		wide[i] = T(x)
	}
	return wide, nil
}

// Ints returns the numbers of an array of I32 or I64 as int64, as [Floats] does.
func Ints(f *File, name string, shape ...int) ([]int64, error) {
	a, err := f.shaped(name, shape)
	if err != nil {
		return nil, err
	}
	switch v := a.values.(type) {
	case []int64:
		return slices.Clone(v), nil
	case []int32:
		wide := make([]int64, len(v))
		for i, x := range v {
			wide[i] = int64(x)
		}
		return wide, nil
	}
	return nil, fmt.Errorf("the array %q has the element type %s instead of I32 or I64", name, a.DType)
}

// shaped returns the array of that name if it has that shape.
func (f *File) shaped(name string, shape []int) (Array, error) {
	a, ok := f.arrays[name]
	if !ok {
		return Array{}, fmt.Errorf("there is no array %q in the file", name)
	}
	matches := slices.EqualFunc(a.Shape, shape, func(have, want int) bool {
		return want == -1 || have == want
	})
	if !matches {
		return Array{}, fmt.Errorf("the array %q has the shape %v instead of %v", name, a.Shape, shape)
	}
	return a, nil
}

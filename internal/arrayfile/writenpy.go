package arrayfile

import (
	"archive/zip"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Number is what arrays and columns can be written from.
type Number interface {
	float32 | float64 | int | int32 | int64 | uint8
}

// WriteNPY writes values as a row-major array of the given shape, to the same bytes
// as numpy.save: little endian, int as int64. It refuses, before it writes, a
// shape that does not hold exactly the values or has more than 32 dimensions.
func WriteNPY[T Number](w io.Writer, values []T, shape ...int) error {
	if err := checkShape(shape, len(values)); err != nil {
		return err
	}
	if _, err := w.Write(npyPrefix(descrOf[T](), shape)); err != nil {
		return err
	}
	var buffer [1 << 13]byte
	filled := buffer[:0]
	for _, x := range values {
		if len(filled)+8 > len(buffer) {
			if _, err := w.Write(filled); err != nil {
				return err
			}
			filled = buffer[:0]
		}
		filled = appendNumber(filled, x)
	}
	_, err := w.Write(filled)
	return err
}

// checkShape refuses a shape in which an array does not have n numbers.
func checkShape(shape []int, n int) error {
	count := 1
	for _, extent := range shape {
		if extent < 0 || extent > 0 && count > math.MaxInt/extent {
			count = -1
			break
		}
		count *= extent
	}
	if count != n || len(shape) > maxRank {
		return fmt.Errorf("%d numbers do not fill the shape %s", n, tuple(shape))
	}
	return nil
}

// npyPrefix returns what stands before the numbers: version 1, with spaces such that
// the numbers begin at a multiple of 64 bytes.
func npyPrefix(descr string, shape []int) []byte {
	dims := tuple(shape)
	if len(shape) == 0 {
		dims = "()"
	}
	header := "{'descr': '" + descr + "', 'fortran_order': False, 'shape': " + dims + ", }"
	// NumPy leaves room for the first dimension to grow to 21 digits.
	if len(shape) > 0 {
		header += strings.Repeat(" ", max(0, 21-len(strconv.Itoa(shape[0]))))
	}
	const before = len(npyMagic) + 4
	total := ((before+len(header)+1)/64 + 1) * 64 // where nothing is missing, 64 more
	header += strings.Repeat(" ", total-before-len(header)-1) + "\n"
	prefix := []byte(npyMagic + "\x01\x00")
	prefix = binary.LittleEndian.AppendUint16(prefix, uint16(len(header)))
	return append(prefix, header...)
}

func descrOf[T Number]() string {
	var zero T
	switch any(zero).(type) {
	case float32:
		return "<f4"
	case float64:
		return "<f8"
	case int32:
		return "<i4"
	case uint8:
		return "|u1"
	default:
		return "<i8"
	}
}

func appendNumber[T Number](b []byte, x T) []byte {
	switch x := any(x).(type) {
	case float32:
		return binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
	case float64:
		return binary.LittleEndian.AppendUint64(b, math.Float64bits(x))
	case int32:
		return binary.LittleEndian.AppendUint32(b, uint32(x))
	case uint8:
		return append(b, x)
	case int:
		return binary.LittleEndian.AppendUint64(b, uint64(x))
	case int64:
		return binary.LittleEndian.AppendUint64(b, uint64(x))
	}
	return b
}

// Array is an array of any element type with a name, as [WriteNPZ] takes it.
type Array struct {
	name  string
	err   error // why it cannot be written
	write func(io.Writer) error
}

// NewArray describes values as an array of the given shape. It refers to values and
// shape; whether they fit is checked by [WriteNPZ].
func NewArray[T Number](name string, values []T, shape ...int) Array {
	return Array{
		name:  name,
		err:   checkShape(shape, len(values)),
		write: func(w io.Writer) error { return WriteNPY(w, values, shape...) },
	}
}

// WriteNPZ writes the arrays in their order, for numpy.load. The same arrays give
// the same bytes. It refuses, before it writes, what WriteNPY refuses, and names that
// are empty, used twice or not UTF-8.
func WriteNPZ(w io.Writer, arrays ...Array) error {
	seen := map[string]bool{}
	for _, a := range arrays {
		if a.name == "" || seen[a.name] || !utf8.ValidString(a.name) {
			return fmt.Errorf("%s cannot be the name of an array in an NPZ: it is empty, used twice or not UTF-8", quote(a.name))
		}
		seen[a.name] = true
		if a.err != nil {
			return fmt.Errorf("array %s: %w", quote(a.name), a.err)
		}
	}
	archive := zip.NewWriter(w)
	for _, a := range arrays {
		member, err := archive.CreateHeader(&zip.FileHeader{Name: a.name + ".npy", Method: zip.Store})
		if err != nil {
			return err
		}
		if err := a.write(member); err != nil {
			return fmt.Errorf("array %s: %w", quote(a.name), err)
		}
	}
	return archive.Close()
}

// Package safetensors reads and writes named arrays in the safetensors format,
// which Python reads with the packages safetensors and NumPy:
//
//	from safetensors.numpy import load_file
//	arrays = load_file("model.safetensors")
//
// A file is, in this order: the length n of the header as 8 bytes, little
// endian; n bytes of JSON; the numbers of every array, little endian, row-major,
// one array after the other. The JSON object maps the name of an array to
//
//	{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}
//
// with offsets that count from the end of the header, and "__metadata__" to an
// object of strings. The format is described at
// https://huggingface.co/docs/safetensors.
//
// Of the element types of the format this package knows those of [Element].
package safetensors

import (
	"fmt"
	"math"
)

// Element is the type of an array's numbers: F32, F64, I32 and I64 in a file.
type Element interface {
	float32 | float64 | int32 | int64
}

// Array is a named row-major array of any number of dimensions; a number on its
// own has the shape []. The zero value is not an array that can be written: make one
// with [New].
type Array struct {
	Name  string
	DType string // F32, F64, I32 or I64
	Shape []int

	values any // []float32, []float64, []int32 or []int64, as DType says
}

// New describes values as an array of the given shape. The array refers to values
// and copies shape. Whether the two fit, and the name is allowed, is checked by
// [Write].
func New[T Element](name string, values []T, shape ...int) Array {
	return Array{
		Name:   name,
		DType:  dtypeOf[T](),
		Shape:  append([]int{}, shape...), // never nil, as Read has it
		values: values,
	}
}

// Len returns the number of elements held.
func (a Array) Len() int {
	switch v := a.values.(type) {
	case []float32:
		return len(v)
	case []float64:
		return len(v)
	case []int32:
		return len(v)
	case []int64:
		return len(v)
	}
	return 0
}

func dtypeOf[T Element]() string {
	var zero T
	switch any(zero).(type) {
	case float32:
		return "F32"
	case float64:
		return "F64"
	case int32:
		return "I32"
	default:
		return "I64"
	}
}

// elementSize returns the bytes of one element, or 0 for a type that this package
// does not know.
func elementSize(dtype string) int64 {
	switch dtype {
	case "F32", "I32":
		return 4
	case "F64", "I64":
		return 8
	}
	return 0
}

// maxRank is the most dimensions an array may have.
const maxRank = 32

// bytesOf returns the size of an array's numbers. It fails instead of overflowing,
// also when a later extent is 0.
func bytesOf(dtype string, shape []int) (int64, error) {
	size := elementSize(dtype)
	if size == 0 {
		return 0, fmt.Errorf("has the element type %q; F32, F64, I32 and I64 are known", dtype)
	}
	if len(shape) > maxRank {
		return 0, fmt.Errorf("has %d dimensions; at most %d are allowed", len(shape), maxRank)
	}
	empty := false
	for _, n := range shape {
		switch {
		case n < 0:
			return 0, fmt.Errorf("has the negative extent %d in its shape %v", n, shape)
		case n == 0:
			empty = true
		case size > math.MaxInt64/int64(n):
			return 0, fmt.Errorf("has the shape %v, more bytes than can be counted", shape)
		default:
			size *= int64(n)
		}
	}
	if empty {
		return 0, nil
	}
	return size, nil
}

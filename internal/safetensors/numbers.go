package safetensors

import (
	"encoding/binary"
	"io"
	"math"
)

// chunk is how many elements are converted at once: enough to make the calls
// of reader and writer cheap, few enough to stay in the cache.
const chunk = 4096

// encode writes the numbers of a, little endian.
func (a Array) encode(w io.Writer) error {
	switch v := a.values.(type) {
	case []float32:
		return encode(w, v, 4, func(b []byte, x float32) { binary.LittleEndian.PutUint32(b, math.Float32bits(x)) })
	case []float64:
		return encode(w, v, 8, func(b []byte, x float64) { binary.LittleEndian.PutUint64(b, math.Float64bits(x)) })
	case []int32:
		return encode(w, v, 4, func(b []byte, x int32) { binary.LittleEndian.PutUint32(b, uint32(x)) })
	case []int64:
		return encode(w, v, 8, func(b []byte, x int64) { binary.LittleEndian.PutUint64(b, uint64(x)) })
	}
	return nil
}

func encode[T Element](w io.Writer, values []T, size int, put func([]byte, T)) error {
	buffer := make([]byte, size*min(chunk, len(values)))
	for len(values) > 0 {
		n := min(chunk, len(values))
		for i, x := range values[:n] {
			put(buffer[i*size:], x)
		}
		if _, err := w.Write(buffer[:n*size]); err != nil {
			return err
		}
		values = values[n:]
	}
	return nil
}

// decode reads the n elements that a.DType names.
func (a *Array) decode(r io.Reader, n int) (err error) {
	switch a.DType {
	case "F32":
		a.values, err = decode(r, n, 4, func(b []byte) float32 { return math.Float32frombits(binary.LittleEndian.Uint32(b)) })
	case "F64":
		a.values, err = decode(r, n, 8, func(b []byte) float64 { return math.Float64frombits(binary.LittleEndian.Uint64(b)) })
	case "I32":
		a.values, err = decode(r, n, 4, func(b []byte) int32 { return int32(binary.LittleEndian.Uint32(b)) })
	case "I64":
		a.values, err = decode(r, n, 8, func(b []byte) int64 { return int64(binary.LittleEndian.Uint64(b)) })
	}
	return err
}

func decode[T Element](r io.Reader, n, size int, get func([]byte) T) ([]T, error) {
	values := make([]T, n)
	buffer := make([]byte, size*min(chunk, n))
	for rest := values; len(rest) > 0; {
		m := min(chunk, len(rest))
		if _, err := io.ReadFull(r, buffer[:m*size]); err != nil {
			return nil, err
		}
		for i := range rest[:m] {
			rest[i] = get(buffer[i*size:])
		}
		rest = rest[m:]
	}
	return values, nil
}

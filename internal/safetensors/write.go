package safetensors

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"unicode/utf8"
)

const metadataKey = "__metadata__"

// maxHeader bounds the header's length: parsed, each of its bytes can take fifty. It
// suffices for thousands of arrays.
const maxHeader = 256 << 10

// maxName bounds the bytes of a name, so that an error that quotes it is a line.
const maxName = 255

// Write writes the arrays and the metadata (which may be nil) to w. The bytes
// depend on names, types, shapes, numbers and metadata only, not on the order of
// arrays: the header lists the metadata and then the arrays by name; the numbers
// follow with 8-byte elements first, each kind by name, so that every array starts
// at a multiple of its element's size.
//
// Nothing is written when an array is refused: a name that is empty, used twice,
// longer than 255 bytes, not UTF-8 or "__metadata__", a shape that does not hold
// exactly the array's numbers, a header of more than 256 KiB.
func Write(w io.Writer, arrays []Array, metadata map[string]string) error {
	byName, err := checked(arrays)
	if err != nil {
		return err
	}
	ordered := slices.Clone(byName)
	slices.SortStableFunc(ordered, func(a, b Array) int {
		return cmp.Compare(elementSize(b.DType), elementSize(a.DType))
	})
	header, err := encodeHeader(byName, ordered, metadata)
	if err != nil {
		return err
	}
	if _, err := w.Write(header); err != nil {
		return fmt.Errorf("safetensors: writing the header: %w", err)
	}
	for _, a := range ordered {
		if err := a.encode(w); err != nil {
			return fmt.Errorf("safetensors: writing the array %q: %w", a.Name, err)
		}
	}
	return nil
}

// checked returns the arrays sorted by name.
func checked(arrays []Array) ([]Array, error) {
	byName := slices.Clone(arrays)
	slices.SortFunc(byName, func(a, b Array) int { return cmp.Compare(a.Name, b.Name) })
	for i, a := range byName {
		switch {
		case a.Name == "":
			return nil, fmt.Errorf("safetensors: an array of shape %v has no name", a.Shape)
		case len(a.Name) > maxName:
			return nil, fmt.Errorf("safetensors: an array name has %d bytes; at most %d are allowed", len(a.Name), maxName)
		case a.Name == metadataKey:
			return nil, fmt.Errorf("safetensors: an array may not be named %q: the format uses that name for the metadata", a.Name)
		case !utf8.ValidString(a.Name):
			return nil, fmt.Errorf("safetensors: the array name %q is not UTF-8", a.Name)
		case i > 0 && a.Name == byName[i-1].Name:
			return nil, fmt.Errorf("safetensors: two arrays are named %q", a.Name)
		}
		want, err := bytesOf(a.DType, a.Shape)
		if err != nil {
			return nil, fmt.Errorf("safetensors: the array %q %w", a.Name, err)
		}
		if got := int64(a.Len()) * elementSize(a.DType); got != want {
			return nil, fmt.Errorf("safetensors: the array %q has the shape %v but %d elements", a.Name, a.Shape, a.Len())
		}
	}
	return byName, nil
}

// encodeHeader returns everything before the numbers, which are written in the
// order of ordered.
func encodeHeader(byName, ordered []Array, metadata map[string]string) ([]byte, error) {
	offsets := make(map[string][2]int64, len(ordered))
	var end int64
	for _, a := range ordered {
		begin := end
		n, err := bytesOf(a.DType, a.Shape)
		if err != nil || n > math.MaxInt64-begin {
			return nil, fmt.Errorf("safetensors: the arrays up to %q have more bytes than can be counted", a.Name)
		}
		end = begin + n
		offsets[a.Name] = [2]int64{begin, end}
	}

	header := []byte("\x00\x00\x00\x00\x00\x00\x00\x00{")
	if len(metadata) > 0 {
		header = append(header, `"`+metadataKey+`":{`...)
		for i, key := range slices.Sorted(maps.Keys(metadata)) {
			if len(key) > maxName {
				return nil, fmt.Errorf("safetensors: a metadata key has %d bytes; at most %d are allowed", len(key), maxName)
			}
			if !utf8.ValidString(key) || !utf8.ValidString(metadata[key]) {
				return nil, fmt.Errorf("safetensors: the metadata %q is not UTF-8", key)
			}
			if i > 0 {
				header = append(header, ',')
			}
			header = appendString(header, key)
			header = append(header, ':')
			header = appendString(header, metadata[key])
		}
		header = append(header, '}')
	}
	for i, a := range byName {
		if i > 0 || len(metadata) > 0 {
			header = append(header, ',')
		}
		header = appendArray(header, a, offsets[a.Name])
	}
	header = append(header, '}')
	for len(header)%8 != 0 {
		header = append(header, ' ')
	}
	n := len(header) - 8
	if n > maxHeader {
		return nil, fmt.Errorf("safetensors: names, shapes and metadata need a header of %d bytes; at most %d are allowed", n, maxHeader)
	}
	binary.LittleEndian.PutUint64(header, uint64(n))
	return header, nil
}

func appendArray(header []byte, a Array, offsets [2]int64) []byte {
	header = appendString(header, a.Name)
	header = append(header, `:{"dtype":"`+a.DType+`","shape":[`...)
	for i, n := range a.Shape {
		if i > 0 {
			header = append(header, ',')
		}
		header = strconv.AppendInt(header, int64(n), 10)
	}
	return fmt.Appendf(header, `],"data_offsets":[%d,%d]}`, offsets[0], offsets[1])
}

// appendString appends s, which is UTF-8, as a JSON string.
func appendString(header []byte, s string) []byte {
	var quoted bytes.Buffer
	encoder := json.NewEncoder(&quoted)
	encoder.SetEscapeHTML(false)
	// A string always has an encoding, and a buffer takes every byte.
	_ = encoder.Encode(s)
	return append(header, bytes.TrimSuffix(quoted.Bytes(), []byte("\n"))...)
}

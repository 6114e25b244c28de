package arrayfile

import (
	"encoding/binary"
	"fmt"
	"io"
)

// maxRank is the most dimensions an array may have, as in NumPy 1.
const maxRank = 32

// idxTypes are the element types by the third byte of a file; others have size 0.
var idxTypes = [256]element{
	0x08: uint8Element(),
	0x09: int8Element(),
	0x0b: int16Element(binary.BigEndian),
	0x0c: int32Element(binary.BigEndian),
	0x0d: float32Element(binary.BigEndian),
	0x0e: float64Element(binary.BigEndian),
}

// readIDX reads two zero bytes, the type, the number of dimensions, each
// dimension as 32 bits, and the elements, all big endian.
func readIDX[T float32 | float64](s *source, b *builder[T]) error {
	var magic [4]byte
	if _, err := io.ReadFull(s, magic[:]); err != nil {
		return cutHeader(err)
	}
	e := idxTypes[magic[2]]
	rank := int(magic[3])
	if magic[0] != 0 || magic[1] != 0 || e.size == 0 || rank == 0 {
		return fmt.Errorf("an IDX file begins with two zero bytes, a type and a number of dimensions, but it begins with %x", magic)
	}
	if rank > maxRank {
		return fmt.Errorf("its header announces %d dimensions; at most %d are allowed", rank, maxRank)
	}
	dims := make([]byte, 4*rank)
	if _, err := io.ReadFull(s, dims); err != nil {
		return cutHeader(err)
	}
	shape := make([]int, rank)
	for k := range shape {
		n := binary.BigEndian.Uint32(dims[4*k:])
		if int(n) < 0 {
			return fmt.Errorf("the extent %d is too large for this machine", n)
		}
		shape[k] = int(n)
	}
	if err := checkArraySize(s, 4+len(dims), e, shape); err != nil {
		return err
	}
	return readArray(s, b, e, shape, false)
}

// cutHeader explains an error of reading a header.
func cutHeader(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return fmt.Errorf("it is cut short inside its header")
	}
	return err
}

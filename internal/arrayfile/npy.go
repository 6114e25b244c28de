package arrayfile

import (
	"encoding/binary"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// maxNPYHeader is far above what the header of a numeric array needs; NumPy itself
// reads 10,000 bytes unless told otherwise.
const maxNPYHeader = 1 << 16

// readNPY reads numpy.save's format, versions 1 to 3: magic, two bytes of version,
// the header's length, the header as a Python dictionary, the numbers.
func readNPY[T float32 | float64](s *source, b *builder[T]) error {
	header, length, err := readNPYHeader(s)
	if err != nil {
		return err
	}
	if len(header.shape) == 0 {
		return fmt.Errorf("it holds a single number instead of an array")
	}
	e, err := npyElement(header.descr)
	if err != nil {
		return err
	}
	if err := checkArraySize(s, length, e, header.shape); err != nil {
		return err
	}
	return readArray(s, b, e, header.shape, header.fortran)
}

// readNPYHeader also returns the bytes before the numbers.
func readNPYHeader(r io.Reader) (npyHeader, int, error) {
	var start [8]byte
	if _, err := io.ReadFull(r, start[:]); err != nil {
		return npyHeader{}, 0, cutHeader(err)
	}
	if string(start[:6]) != npyMagic {
		return npyHeader{}, 0, fmt.Errorf("an NPY file begins with %q, but it begins with %q", npyMagic, start[:6])
	}
	lengthBytes := 4
	switch version := start[6]; version {
	case 1:
		lengthBytes = 2
	case 2, 3:
	default:
		return npyHeader{}, 0, fmt.Errorf("its NPY version is %d; 1 to 3 can be read", version)
	}
	var field [4]byte
	if _, err := io.ReadFull(r, field[:lengthBytes]); err != nil {
		return npyHeader{}, 0, cutHeader(err)
	}
	n := binary.LittleEndian.Uint32(field[:])
	if n > maxNPYHeader {
		return npyHeader{}, 0, fmt.Errorf("its header has %d bytes; at most %d are allowed", n, maxNPYHeader)
	}
	text := make([]byte, n)
	if _, err := io.ReadFull(r, text); err != nil {
		return npyHeader{}, 0, cutHeader(err)
	}
	header, err := parseNPYHeader(string(text))
	if err != nil {
		return npyHeader{}, 0, fmt.Errorf("its header is not that of a numeric array: %w", err)
	}
	return header, len(start) + lengthBytes + int(n), nil
}

// npyElement understands what NumPy calls a type string: a byte order, a kind and a
// size. Without an order, as "|" also says, bytes are in this machine's or don't
// matter; all machines that write such files are little endian.
func npyElement(descr string) (element, error) {
	var order binary.ByteOrder = binary.LittleEndian
	kind := descr
	if descr != "" && strings.Contains("<>|=", descr[:1]) {
		kind = descr[1:]
		if descr[0] == '>' {
			order = binary.BigEndian
		}
	}
	switch kind {
	case "b1": // a byte that is 0 or 1
		return element{"bool", 1, uint8Element().get}, nil
	case "u1":
		return uint8Element(), nil
	case "i1":
		return int8Element(), nil
	case "u2":
		return uint16Element(order), nil
	case "i2":
		return int16Element(order), nil
	case "u4":
		return uint32Element(order), nil
	case "i4":
		return int32Element(order), nil
	case "u8":
		return uint64Element(order), nil
	case "i8":
		return int64Element(order), nil
	case "f2":
		return float16Element(order), nil
	case "f4":
		return float32Element(order), nil
	case "f8":
		return float64Element(order), nil
	case "O":
		return element{}, fmt.Errorf("it holds Python objects, which are never unpickled: save it with .astype(float)")
	}
	return element{}, fmt.Errorf("its type %s cannot be read; integers of 8 to 64 bits and float16 to float64 can", quote(descr))
}

// npyHeader is the dictionary in front of the numbers.
type npyHeader struct {
	descr   string
	fortran bool
	shape   []int
}

// parseNPYHeader parses {'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), } with
// its keys in any order.
func parseNPYHeader(text string) (npyHeader, error) {
	var h npyHeader
	p := &literal{rest: text}
	if err := p.expect('{'); err != nil {
		return h, err
	}
	seen := map[string]bool{}
	for !p.accept('}') {
		key, err := p.quoted()
		if err != nil {
			return h, err
		}
		if seen[key] {
			return h, fmt.Errorf("%s stands in it twice", quote(key))
		}
		seen[key] = true
		if err := p.expect(':'); err != nil {
			return h, err
		}
		switch key {
		case "descr":
			h.descr, err = p.quoted()
		case "fortran_order":
			h.fortran, err = p.boolean()
		case "shape":
			h.shape, err = p.tuple()
		default:
			err = fmt.Errorf("it has the unknown key %s", quote(key))
		}
		if err != nil {
			return h, err
		}
		if !p.accept(',') {
			if err := p.expect('}'); err != nil {
				return h, err
			}
			break
		}
	}
	if p.skipSpace(); p.rest != "" {
		return h, fmt.Errorf("%s follows it", quote(p.rest))
	}
	for _, key := range []string{"descr", "fortran_order", "shape"} {
		if !seen[key] {
			return h, fmt.Errorf("%q is missing", key)
		}
	}
	return h, nil
}

// literal parses the few Python literals that a header has.
type literal struct{ rest string }

func (p *literal) skipSpace() { p.rest = strings.TrimLeft(p.rest, " \t\r\n") }

func (p *literal) accept(c byte) bool {
	p.skipSpace()
	if p.rest == "" || p.rest[0] != c {
		return false
	}
	p.rest = p.rest[1:]
	return true
}

func (p *literal) expect(c byte) error {
	if !p.accept(c) {
		return fmt.Errorf("%s stands where %q should", quote(p.rest), c)
	}
	return nil
}

func (p *literal) quoted() (string, error) {
	p.skipSpace()
	if p.rest == "" || p.rest[0] != '\'' && p.rest[0] != '"' {
		return "", fmt.Errorf("%s stands where a string should", quote(p.rest))
	}
	s, rest, closed := strings.Cut(p.rest[1:], p.rest[:1])
	if !closed || strings.Contains(s, `\`) {
		return "", fmt.Errorf("%s stands where a string should", quote(p.rest))
	}
	p.rest = rest
	return s, nil
}

func (p *literal) boolean() (bool, error) {
	p.skipSpace()
	for _, value := range []bool{false, true} {
		word := map[bool]string{false: "False", true: "True"}[value]
		if rest, ok := strings.CutPrefix(p.rest, word); ok {
			p.rest = rest
			return value, nil
		}
	}
	return false, fmt.Errorf("%s stands where True or False should", quote(p.rest))
}

func (p *literal) tuple() ([]int, error) {
	if err := p.expect('('); err != nil {
		return nil, err
	}
	shape := []int{}
	for !p.accept(')') {
		p.skipSpace()
		digits := len(p.rest) - len(strings.TrimLeft(p.rest, "0123456789"))
		n, err := strconv.Atoi(p.rest[:digits])
		if err != nil {
			return nil, fmt.Errorf("%s stands in the shape where a whole number should", quote(p.rest))
		}
		p.rest = strings.TrimPrefix(p.rest[digits:], "L") // Python 2 wrote (3L, 4L)
		if len(shape) == maxRank {
			return nil, fmt.Errorf("the shape has more than %d dimensions", maxRank)
		}
		shape = append(shape, n)
		if !p.accept(',') {
			if err := p.expect(')'); err != nil {
				return nil, err
			}
			break
		}
	}
	return shape, nil
}

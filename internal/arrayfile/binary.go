package arrayfile

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
)

// element is a type of number in a binary file.
type element struct {
	name string
	size int
	get  func([]byte) float64
}

func uint8Element() element {
	return element{"uint8", 1, func(b []byte) float64 { return float64(b[0]) }}
}

func int8Element() element {
	return element{"int8", 1, func(b []byte) float64 { return float64(int8(b[0])) }}
}

func uint16Element(order binary.ByteOrder) element {
	return element{"uint16", 2, func(b []byte) float64 { return float64(order.Uint16(b)) }}
}

func int16Element(order binary.ByteOrder) element {
	return element{"int16", 2, func(b []byte) float64 { return float64(int16(order.Uint16(b))) }}
}

func uint32Element(order binary.ByteOrder) element {
	return element{"uint32", 4, func(b []byte) float64 { return float64(order.Uint32(b)) }}
}

func int32Element(order binary.ByteOrder) element {
	return element{"int32", 4, func(b []byte) float64 { return float64(int32(order.Uint32(b))) }}
}

func uint64Element(order binary.ByteOrder) element {
	return element{"uint64", 8, func(b []byte) float64 { return float64(order.Uint64(b)) }}
}

func int64Element(order binary.ByteOrder) element {
	return element{"int64", 8, func(b []byte) float64 { return float64(int64(order.Uint64(b))) }}
}

// float16Element is IEEE 754's binary16, all of whose numbers a float64 holds.
func float16Element(order binary.ByteOrder) element {
	return element{"float16", 2, func(b []byte) float64 { return fromHalf(order.Uint16(b)) }}
}

// fromHalf is (−1)^s·2^(e−15)·(1 + m/1024), for e = 0 2^−14·m/1024.
func fromHalf(bits uint16) float64 {
	exponent, mantissa := int(bits>>10&0x1f), float64(bits&0x3ff)
	var v float64
	switch exponent {
	case 0:
		v = math.Ldexp(mantissa, -24)
	case 0x1f:
		v = math.Inf(1)
		if mantissa != 0 {
			v = math.NaN()
		}
	default:
		v = math.Ldexp(1024+mantissa, exponent-25)
	}
	if bits>>15 != 0 {
		v = -v
	}
	return v
}

func float32Element(order binary.ByteOrder) element {
	return element{"float32", 4, func(b []byte) float64 { return float64(math.Float32frombits(order.Uint32(b))) }}
}

func float64Element(order binary.ByteOrder) element {
	return element{"float64", 8, func(b []byte) float64 { return math.Float64frombits(order.Uint64(b)) }}
}

// readArray reads the array that the rest of s is, and nothing must follow it. The
// caller has checked its size with checkArraySize.
func readArray[T float32 | float64](s *source, b *builder[T], e element, shape []int, fortran bool) error {
	n := product(shape)
	if err := b.setShape(shape, s.reserve(n)); err != nil {
		return err
	}
	var err error
	if fortran && len(shape) > 1 {
		err = readFortran(s, b, e, shape)
	} else {
		err = readElements(s, e, n, func(i int, x float64) error {
			if err := b.add(x); err != nil {
				return fmt.Errorf("row %d, column %d: %w", i/b.columns+1, i%b.columns+1, err)
			}
			return nil
		})
	}
	if err != nil {
		return err
	}
	return s.checkEnd()
}

// readFortran reads an array whose first index runs fastest.
func readFortran[T float32 | float64](s *source, b *builder[T], e element, shape []int) error {
	n := product(shape)
	stored := make([]float64, 0, s.reserve(n))
	err := readElements(s, e, n, func(_ int, x float64) error {
		stored = append(stored, x)
		return nil
	})
	if err != nil {
		return err
	}
	strides := make([]int, len(shape)) // in stored
	stride := 1
	for k, extent := range shape {
		strides[k] = stride
		stride *= extent
	}
	for i := range n {
		from, rest := 0, i
		for k := len(shape) - 1; k >= 0; k-- {
			from += rest % shape[k] * strides[k]
			rest /= shape[k]
		}
		if err := b.add(stored[from]); err != nil {
			return fmt.Errorf("row %d, column %d: %w", i/b.columns+1, i%b.columns+1, err)
		}
	}
	return nil
}

// readElements reads n elements and passes each on with its index.
func readElements(r io.Reader, e element, n int, take func(i int, x float64) error) error {
	var buffer [1 << 13]byte
	perBuffer := len(buffer) / e.size
	for i := 0; i < n; {
		m := min(perBuffer, n-i)
		got, err := io.ReadFull(r, buffer[:m*e.size])
		if err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF) {
			return fmt.Errorf("it is cut short: %d of %d numbers are there", i+got/e.size, n)
		}
		if err != nil {
			return err
		}
		for at := 0; at < m*e.size; at += e.size {
			if err := take(i, e.get(buffer[at:at+e.size])); err != nil {
				return err
			}
			i++
		}
	}
	return nil
}

// checkArraySize checks an array of that shape behind a header of so many bytes
// against the size of s, and that its elements can be counted.
func checkArraySize(s *source, header int, e element, shape []int) error {
	bytes := float64(e.size) // exact up to 2^53, and it does not overflow
	extents := 1.0
	for _, n := range shape {
		bytes *= float64(n)
		extents *= max(1, float64(n))
	}
	if extents > 1<<53 || extents > math.MaxInt {
		return fmt.Errorf("its shape %s is too large", tuple(shape))
	}
	return s.checkSize(float64(header)+bytes, fmt.Sprintf("its shape %s of %s", tuple(shape), e.name))
}

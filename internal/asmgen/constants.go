package asmgen

import (
	"math"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/operand"
)

// constantsName is the data section that holds the constants of a file.
const constantsName = "constants"

// bits is the encoding of v in the target's element type, v rounded to it.
func (e *emitter) bits(v float64) uint64 {
	if e.Bytes == 4 {
		return uint64(math.Float32bits(float32(v)))
	}
	return math.Float64bits(v)
}

// mantissa is the number of bits stored of a significand.
func (t target) mantissa() int {
	if t.Bytes == 4 {
		return 23
	}
	return 52
}

// bias is what is added to a stored exponent.
func (t target) bias() int {
	if t.Bytes == 4 {
		return 127
	}
	return 1023
}

// constant is the place of an element with the given bits in the file's
// constants. AVX2 has no operands that broadcast, so there it fills a vector.
func (e *emitter) constant(bits uint64) operand.Mem {
	place, found := 0, false
	for i, b := range e.constants {
		if b == bits {
			place, found = i, true
		}
	}
	if !found {
		place = len(e.constants)
		e.constants = append(e.constants, bits)
	}
	return operand.NewDataAddr(operand.NewStaticSymbol(constantsName), place*e.constantBytes())
}

func (e *emitter) constantBytes() int {
	if e.VecBytes == 64 {
		return e.Bytes
	}
	return e.VecBytes
}

// hold fills the lanes of a new register with v.
func (e *emitter) hold(v float64) operand.Op { return e.holdBits(e.bits(v)) }

// holdBits fills the lanes of a new register with bits.
func (e *emitter) holdBits(bits uint64) operand.Op {
	r := e.temp()
	e.fillBits(bits, r)
	return r
}

// fill sets the lanes of dst to v.
func (e *emitter) fill(v float64, dst operand.Op) { e.fillBits(e.bits(v), dst) }

func (e *emitter) fillBits(bits uint64, dst operand.Op) {
	if e.VecBytes == 64 {
		e.broadcast(e.constant(bits), dst)
	} else {
		e.load(e.constant(bits), dst)
	}
}

// source is v as the first operand of an instruction: AVX2, short of registers,
// reads it from memory each time.
func (e *emitter) source(v float64) operand.Op {
	if e.VecBytes == 64 {
		return e.hold(v)
	}
	return e.constant(e.bits(v))
}

// writeConstants ends a file with the constants its functions asked for.
func (e *emitter) writeConstants() {
	if len(e.constants) == 0 {
		return
	}
	e.StaticGlobal(constantsName)
	e.DataAttributes(attr.RODATA | attr.NOPTR)
	for i, bits := range e.constants {
		if e.Bytes == 4 {
			bits |= bits << 32
		}
		at, size := i*e.constantBytes(), e.constantBytes()
		if size == 4 {
			e.AddDatum(at, operand.U32(bits))
		}
		for offset := 0; offset+8 <= size; offset += 8 {
			e.AddDatum(at+offset, operand.U64(bits))
		}
	}
}

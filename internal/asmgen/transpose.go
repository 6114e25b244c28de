package asmgen

import (
	"math"

	"github.com/mmcloughlin/avo/operand"
)

// transpose writes dst[j][i] = src[i][j], or −src[i][j], for square blocks of
// Lanes × Lanes. After each block, dst and src move on by their steps.
//
// Neighbouring elements are exchanged first, then pairs, then 128-bit
// quarters: log₂(lanes) rounds, each over all the registers of a block.
func transpose(e *emitter, negate bool) string {
	name, sign := e.Name("transpose"), ""
	if negate {
		name, sign = e.Name("negated"), "−"
	}
	e.begin(name, "transposeFunc", name+": dst[j][i] = "+sign+"src[i][j] in square blocks of one vector's lanes.")

	dst, dstStride := e.param("dst"), e.param("dstStride")
	src, srcStride := e.param("src"), e.param("srcStride")
	blocks := e.param("blocks")
	n := e.Lanes()
	at, signs := e.GP64(), e.vec(e.Lanes()+1) // exchange uses one more than the lanes
	if negate {
		e.fill(math.Copysign(0, -1), signs)
	}

	e.loop("block", blocks, func() {
		e.MOVQ(src, at)
		for i := range n {
			if negate {
				e.xor(mem(at, 0), signs, e.vec(i))
			} else {
				e.load(mem(at, 0), e.vec(i))
			}
			if i < n-1 {
				e.ADDQ(srcStride, at)
			}
		}
		order := e.exchange(n)
		e.MOVQ(dst, at)
		for j := range n {
			e.store(e.vec(order[j]), mem(at, 0))
			if j < n-1 {
				e.ADDQ(dstStride, at)
			}
		}
		e.ADDQ(e.paramMem("srcStep"), src)
		e.ADDQ(e.paramMem("dstStep"), dst)
	})
	e.end()
	return name
}

// exchange runs the rounds of a transpose on registers 0…n-1 and returns, for
// each row of the result, the register that holds it.
func (e *emitter) exchange(n int) []int {
	rows := make([]int, n)
	for i := range rows {
		rows[i] = i
	}
	free := n
	for d := 1; d < n; d *= 2 {
		low, high := e.round(d * e.Bytes)
		e.Commentf("exchange groups of %d bytes between rows %d apart", d*e.Bytes, d)
		for i := range n {
			if i&d != 0 {
				continue
			}
			a, b := rows[i], rows[i+d]
			low(e.vec(b), e.vec(a), e.vec(free))
			high(e.vec(b), e.vec(a), e.vec(b))
			rows[i], free = free, a
		}
	}
	if e.Bytes == 4 {
		// Unpacking single elements leaves the second and third row of each
		// four in each other's place.
		for i := 1; i < n; i += 4 {
			rows[i], rows[i+1] = rows[i+1], rows[i]
		}
	}
	return rows
}

// round gives the two instructions that gather, from rows a and b, the groups
// of the given size that belong in a's place (low) and in b's (high).
func (e *emitter) round(bytes int) (low, high func(b, a, dst operand.Op)) {
	switch {
	case bytes == 4:
		return plain(e.VUNPCKLPS), plain(e.VUNPCKHPS)
	case bytes == 8:
		return plain(e.VUNPCKLPD), plain(e.VUNPCKHPD)
	case e.VecBytes == 32:
		return selecting(e.perm2f128, 0x20), selecting(e.perm2f128, 0x31)
	default:
		return selecting(e.VSHUFF64X2, 0x88), selecting(e.VSHUFF64X2, 0xDD)
	}
}

func (e *emitter) perm2f128(ops ...operand.Op) { e.VPERM2F128(ops[0], ops[1], ops[2], ops[3]) }

func plain(f func(...operand.Op)) func(b, a, dst operand.Op) {
	return func(b, a, dst operand.Op) { f(b, a, dst) }
}

func selecting(f func(...operand.Op), imm uint8) func(b, a, dst operand.Op) {
	return func(b, a, dst operand.Op) { f(operand.U8(imm), b, a, dst) }
}

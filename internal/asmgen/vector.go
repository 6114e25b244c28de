package asmgen

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// A predicate of a comparison a ? b, quiet on NaN.
type predicate uint8

const (
	equal    predicate = 0x00 // false on NaN
	notEqual predicate = 0x04 // true on NaN
	less     predicate = 0x11 // false on NaN
	greater  predicate = 0x1E // false on NaN
)

// temp is a vector register that avo chooses.
func (e *emitter) temp() reg.VecVirtual {
	if e.VecBytes == 64 {
		return e.ZMM()
	}
	return e.YMM()
}

// at is the place of an element offset bytes behind base.
func at(base, offset reg.Register) operand.Mem {
	return operand.Mem{Base: base, Index: offset, Scale: 1}
}

// overVectors runs body for each of the vectors of a panel, which lie step
// bytes apart; body finds them at the given offset. The function must have the
// parameters vectors and step.
func (e *emitter) overVectors(body func(offset reg.Register)) {
	n, step, offset := e.param("vectors"), e.param("step"), e.GP64()
	e.XORQ(offset, offset)
	e.loop("vector", n, func() {
		body(offset)
		e.ADDQ(step, offset)
	})
}

// mul: dst = a·b.
func (e *emitter) mul(b, a, dst operand.Op) { pick(e, e.VMULPS, e.VMULPD)(b, a, dst) }

// and: dst = a & b, on bits.
func (e *emitter) and(b, a, dst operand.Op) { pick(e, e.VANDPS, e.VANDPD)(b, a, dst) }

// compare fills the lanes of dst where a ? b holds with ones, the others with
// zeros. It exists on AVX2 only; AVX-512 compares into mask registers.
func (e *emitter) compare(p predicate, b, a, dst operand.Op) {
	pick(e, e.VCMPPS, e.VCMPPD)(operand.U8(p), b, a, dst)
}

// compareMask is compare into a mask register.
func (e *emitter) compareMask(p predicate, b, a operand.Op) reg.Register {
	k := e.K()
	e.compare(p, b, a, k)
	return k
}

// keepWhere leaves v where a ? b holds and makes it +0 elsewhere.
func (e *emitter) keepWhere(p predicate, b, a, v operand.Op) {
	if e.VecBytes == 64 {
		pick(e, e.VMOVAPS_Z, e.VMOVAPD_Z)(v, e.compareMask(p, b, a), v)
		return
	}
	mask := e.temp()
	e.compare(p, b, a, mask)
	e.and(mask, v, v)
}

// selectWhere: dst = yes where a ? b holds, no elsewhere.
func (e *emitter) selectWhere(p predicate, b, a, yes, no, dst operand.Op) {
	if e.VecBytes == 64 {
		pick(e, e.VBLENDMPS, e.VBLENDMPD)(yes, no, e.compareMask(p, b, a), dst)
		return
	}
	mask := e.temp()
	e.compare(p, b, a, mask)
	pick(e, e.VBLENDVPS, e.VBLENDVPD)(mask, yes, no, dst)
}

// selectNegative: dst = yes where x has its sign bit set, no elsewhere.
func (e *emitter) selectNegative(x, yes, no, dst operand.Op) {
	if e.VecBytes == 64 {
		k := e.K()
		pick(e, e.VPMOVD2M, e.VPMOVQ2M)(x, k)
		pick(e, e.VBLENDMPS, e.VBLENDMPD)(yes, no, k, dst)
		return
	}
	pick(e, e.VBLENDVPS, e.VBLENDVPD)(x, yes, no, dst)
}

func (e *emitter) move(src, dst operand.Op) { pick(e, e.VMOVAPS, e.VMOVAPD)(src, dst) }

// div: dst = a/b.
func (e *emitter) div(b, a, dst operand.Op) { pick(e, e.VDIVPS, e.VDIVPD)(b, a, dst) }

// sqrt: dst = √a.
func (e *emitter) sqrt(a, dst operand.Op) { pick(e, e.VSQRTPS, e.VSQRTPD)(a, dst) }

// fnma: acc -= a·b.
func (e *emitter) fnma(a, b, acc operand.Op) { pick(e, e.VFNMADD231PS, e.VFNMADD231PD)(a, b, acc) }

// fms: acc = scale·acc − c.
func (e *emitter) fms(c, scale, acc operand.Op) {
	pick(e, e.VFMSUB213PS, e.VFMSUB213PD)(c, scale, acc)
}

// scale: v = v·2ᵏ for whole numbers k, rounded once. AVX-512 only.
func (e *emitter) scale(k, v operand.Op) { pick(e, e.VSCALEFPS, e.VSCALEFPD)(k, v, v) }

// or: dst = a | b, on bits.
func (e *emitter) or(b, a, dst operand.Op) { pick(e, e.VORPS, e.VORPD)(b, a, dst) }

// xor: dst = a ^ b, on bits.
func (e *emitter) xor(b, a, dst operand.Op) { pick(e, e.VXORPS, e.VXORPD)(b, a, dst) }

// andNot: dst = a &^ b, on bits.
func (e *emitter) andNot(b, a, dst operand.Op) { pick(e, e.VANDNPS, e.VANDNPD)(a, b, dst) }

// The integer operations work on the encodings of elements.
func (e *emitter) addInt(b, a, dst operand.Op) { pick(e, e.VPADDD, e.VPADDQ)(b, a, dst) }
func (e *emitter) subInt(b, a, dst operand.Op) { pick(e, e.VPSUBD, e.VPSUBQ)(b, a, dst) }

func (e *emitter) shiftLeft(bits int, a, dst operand.Op) {
	pick(e, e.VPSLLD, e.VPSLLQ)(operand.U8(bits), a, dst)
}

func (e *emitter) shiftRight(bits int, a, dst operand.Op) {
	pick(e, e.VPSRLD, e.VPSRLQ)(operand.U8(bits), a, dst)
}

// horner gives p(v), with the coefficients from memory.
func (e *emitter) horner(p polynomial, v operand.Op) operand.Op {
	last := len(p.coefficients) - 1
	sum := e.hold(p.coefficients[last])
	for i := last - 1; i >= 0; i-- {
		c := e.constant(e.bits(p.coefficients[i]))
		if e.VecBytes == 64 {
			pick(e, e.VFMADD213PS_BCST, e.VFMADD213PD_BCST)(c, v, sum)
		} else {
			e.scaleAdd(c, v, sum)
		}
	}
	return sum
}

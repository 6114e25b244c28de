package asmgen

import (
	"math"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// An exponential writes eˣ in the way of Cody and Waite: with k the integer
// nearest to x/ln 2 and r = x − k·ln 2, where ln 2 is a sum of two numbers so that
// r carries one rounding,
//
//	eˣ = 2ᵏ·(1 + r·(1 + r·P(r)))
//
// The integer k comes from adding a number so large that its last bit is worth
// 1, and is then found in the low bits of the sum (J.-M. Muller and others,
// Handbook of Floating-Point Arithmetic); plus the bias, so that a shift of the sum to
// the left gives the encoding of 2ᵏ.
type exponential struct {
	*emitter
	shift, log2e, ln2High, ln2Low, one operand.Op
	offset                             int // added to k in the low bits of the sum
	unshift                            operand.Op
}

// lowest is an argument whose exponential rounds to zero, highest one whose
// exponential is infinite.
func (t target) lowest() float64  { return t.pickNumber(-104, -746) }
func (t target) highest() float64 { return t.pickNumber(89, 710) }

func (t target) pickNumber(single, double float64) float64 {
	if t.Bytes == 4 {
		return single
	}
	return double
}

// newExponential loads what an exponential needs. The offset is added to k.
func newExponential(e *emitter, offset int) *exponential {
	x := &exponential{emitter: e, offset: offset}
	high, low := splitLn2(e.target)
	x.shift = e.hold(1.5*math.Ldexp(1, e.mantissa()) + float64(e.bias()+offset))
	x.log2e = e.hold(math.Log2E)
	x.ln2High, x.ln2Low = e.hold(high), e.hold(low)
	x.one = e.hold(1)
	if offset != 0 {
		x.unshift = e.source(math.Ldexp(1, -offset))
	}
	return x
}

// reduce gives t, whose low bits are k plus the bias and the offset, k, r and P(r) of
// v. It uses up v.
func (x *exponential) reduce(v operand.Op) (t, k, r, p operand.Op) {
	t, k, r = x.temp(), x.temp(), v
	x.Comment("k = round(x/ln 2), r = x − k·ln 2")
	x.move(x.shift, t)
	x.fma(x.log2e, v, t)
	x.sub(x.shift, t, k)
	x.fnma(x.ln2High, k, r)
	x.fnma(x.ln2Low, k, r)
	return t, k, r, x.horner(expPolynomial(x.target), r)
}

// expReduced turns P(r) into 1 + r·(1 + r·P(r)).
func (x *exponential) expReduced(r, p operand.Op) operand.Op {
	x.scaleAdd(x.one, r, p)
	x.scaleAdd(x.one, r, p)
	return p
}

// expm1Reduced turns P(r) into r + r·(r·P(r)), which is precise for small r.
func (x *exponential) expm1Reduced(r, p operand.Op) operand.Op {
	x.mul(r, p, p)
	x.scaleAdd(r, r, p)
	return p
}

// power turns t into 2ᵏ, times 2^offset. NaN becomes a number: it has to come back from
// a factor.
func (x *exponential) power(t operand.Op) operand.Op {
	x.shiftLeft(x.mantissa(), t, t)
	return t
}

// exp gives eᵛ for any v and uses up v. Overflow gives infinity; below the normal
// numbers precision is lost gradually.
func (x *exponential) exp(v operand.Op) operand.Op {
	x.min(v, x.hold(x.highest()), v)
	x.max(v, x.hold(x.lowest()), v)
	t, k, r, p := x.reduce(v)
	s := x.expReduced(r, p)
	if x.VecBytes == 64 {
		x.scale(k, s)
		return s
	}
	x.Comment("times 2^h, then 2^(k−h) with h = round(k/2): neither overflows alone; t − h has no bias")
	h := r
	x.move(x.shift, h)
	x.fma(x.hold(0.5), k, h)
	x.subInt(h, t, t)
	x.mul(x.power(h), s, s)
	x.shiftLeft(x.mantissa(), t, t)
	x.addInt(x.one, t, t)
	x.mul(t, s, s)
	return s
}

// expNegative gives eᵛ for v ≤ 0, and for NaN, and uses up v.
func (x *exponential) expNegative(v, lowest operand.Op) operand.Op {
	s := x.expOffset(v, lowest)
	if x.offset != 0 {
		x.mul(x.unshift, s, s)
	}
	return s
}

// expOffset gives eᵛ·2^offset for v ≤ 0, and for NaN, and uses up v. It needs an offset
// on AVX2: eᵛ may be less than the normal numbers, eᵛ·2^offset is not.
func (x *exponential) expOffset(v, lowest operand.Op) operand.Op {
	x.max(v, lowest, v)
	t, k, r, p := x.reduce(v)
	s := x.expReduced(r, p)
	if x.VecBytes == 64 {
		x.scale(k, s)
		return s
	}
	x.mul(x.power(t), s, s)
	return s
}

// negativeOffset is the offset that expNegative needs.
func (t target) negativeOffset() int {
	if t.VecBytes == 64 {
		return 0
	}
	return (t.bias() + 1) / 2
}

// expKernel writes dst = exp(src).
func expKernel(e *emitter) string {
	name := e.Name("exp")
	e.begin(name, "mapFunc", name+": dst = exp(src).")
	dst, src := e.param("dst"), e.param("src")
	x := newExponential(e, 0)
	e.overVectors(func(n reg.Register) {
		v := e.temp()
		e.load(at(src, n), v)
		e.store(x.exp(v), at(dst, n))
	})
	e.end()
	return name
}

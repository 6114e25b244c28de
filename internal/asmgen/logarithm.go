package asmgen

import (
	"math"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// log gives log(v) − less·ln 2 for normal v > 0, and uses up v; less may be nil
// for 0.
//
//	log v = k·ln 2 + log(1+f)
func (e *emitter) log(v, less operand.Op) operand.Op {
	f, k := e.split(v)
	if less != nil {
		e.sub(less, k, k)
	}
	return e.logAround(f, k, logPolynomial(e.target))
}

// split gives f and k of a normal v > 0, and uses up v.
//
//	v = 2ᵏ·(1 + f)  with  √½ ≤ 1+f < √2
//
// The exponent is found by integer arithmetic on the encoding: adding the
// distance from √½ to 1 makes every significand from √½ on carry into it.
func (e *emitter) split(v operand.Op) (f, k operand.Op) {
	one, half := e.bits(1), e.bits(math.Sqrt2/2)
	k = e.temp()
	e.Comment("v = 2^k·(1 + f)")
	e.addInt(e.holdBits(one-half), v, v)
	e.shiftRight(e.mantissa(), v, k)
	whole := math.Ldexp(1, e.mantissa()) // its last bit is worth 1
	e.or(e.hold(whole), k, k)
	e.sub(e.hold(whole+float64(e.bias())), k, k)
	e.and(e.holdBits(1<<e.mantissa()-1), v, v)
	e.addInt(e.holdBits(half), v, v)
	e.sub(e.hold(1), v, v)
	return v, k
}

// log1p gives log(1+f) for 0 ≤ f ≤ 1, and uses up f.
func (e *emitter) log1p(f operand.Op) operand.Op {
	return e.logAround(f, nil, log1pPolynomial(e.target))
}

// logAround gives k·ln 2 + log(1+f), and uses up both; k may be nil for 0. With
// s = f/(2+f) and R = w·P(w), w = s², the tail of the series of log(1+f),
//
//	log(1+f) = f − (f²/2 − s·(f²/2 + R))
//
// in which f is exact and all that is rounded is small beside it (the form of
// FreeBSD's e_log.c).
func (e *emitter) logAround(f, k operand.Op, p polynomial) operand.Op {
	s, w, half := e.temp(), e.temp(), e.temp()
	e.Comment("log(1+f) = f − (f²/2 − s·(f²/2 + R))")
	e.add(e.hold(2), f, s)
	e.div(s, f, s)
	e.mul(s, s, w)
	r := e.horner(p, w)
	e.mul(e.hold(0.5), f, half)
	e.mul(f, half, half)
	e.scaleAdd(half, w, r)
	if k == nil {
		e.fnma(r, s, half)
		e.sub(half, f, f)
		return f
	}
	high, low := splitLn2(e.target)
	e.mul(s, r, r)
	e.fma(e.hold(low), k, r)
	e.sub(r, half, half)
	e.sub(f, half, half)
	e.fms(half, e.hold(high), k)
	return k
}

// logKernel writes dst = log(src), with the special cases of math.Log.
func logKernel(e *emitter) string {
	name := e.Name("log")
	e.begin(name, "mapFunc", name+": dst = log(src).")
	dst, src := e.param("dst"), e.param("src")
	e.overVectors(func(n reg.Register) {
		v, scaled, below := e.temp(), e.temp(), e.temp()
		e.load(at(src, n), v)
		e.Comment("numbers below the normal ones are scaled up first")
		digits := e.mantissa() + 1
		normal := e.hold(math.Ldexp(1, 1-e.bias()))
		e.mul(e.hold(math.Ldexp(1, digits)), v, scaled)
		e.selectWhere(less, normal, v, scaled, v, scaled)
		e.move(e.hold(float64(digits)), below)
		e.keepWhere(less, normal, v, below)
		result := e.log(scaled, below)

		e.Comment("log 0 = −Inf, log of less is NaN, +Inf and NaN stay")
		zero := e.temp()
		e.zero(zero)
		e.selectWhere(less, e.hold(math.Inf(1)), v, result, v, result)
		e.selectWhere(equal, zero, v, e.hold(math.Inf(-1)), result, result)
		e.selectWhere(less, zero, v, e.hold(math.NaN()), result, result)
		e.store(result, at(dst, n))
	})
	e.end()
	return name
}

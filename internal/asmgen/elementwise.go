package asmgen

import (
	"fmt"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// addScaled writes dst += c·src.
func addScaled(e *emitter) string {
	name := e.Name("addScaled")
	e.begin(name, "addScaledFunc", name+": dst += c·src.")
	dst, src := e.param("dst"), e.param("src")
	c := e.temp()
	e.broadcast(e.paramMem("c"), c)
	e.overVectors(func(n reg.Register) {
		v := e.temp()
		e.load(at(dst, n), v)
		e.fma(at(src, n), c, v)
		e.store(v, at(dst, n))
	})
	e.end()
	return name
}

// multiply writes dst = a ⊙ b.
func multiply(e *emitter) string {
	name := e.Name("multiply")
	e.begin(name, "multiplyFunc", name+": dst = a ⊙ b.")
	dst, a, b := e.param("dst"), e.param("a"), e.param("b")
	e.overVectors(func(n reg.Register) {
		v := e.temp()
		e.load(at(a, n), v)
		e.mul(at(b, n), v, v)
		e.store(v, at(dst, n))
	})
	e.end()
	return name
}

// extrapolate writes dst = z + mu·(z − last).
func extrapolate(e *emitter) string {
	name := e.Name("extrapolate")
	e.begin(name, "extrapolateFunc", name+": dst = z + mu·(z − last).")
	dst, z, last := e.param("dst"), e.param("z"), e.param("last")
	mu := e.temp()
	e.broadcast(e.paramMem("mu"), mu)
	e.overVectors(func(n reg.Register) {
		v, d := e.temp(), e.temp()
		e.load(at(z, n), v)
		e.sub(at(last, n), v, d)
		e.scaleAdd(v, mu, d)
		e.store(d, at(dst, n))
	})
	e.end()
	return name
}

// gate writes the start of a step's adjoint on panels of one or two vectors:
//
//	lambda = lambda ⊙ prox'(z)      scaled = scale·lambda
func gate(e *emitter, vecs int) string {
	name := fmt.Sprintf("%sV%d", e.Name("gate"), vecs)
	e.begin(name, "gateFunc", name+": lambda = lambda ⊙ prox'(z), scaled = scale·lambda.")
	lambda, scaled, z := e.param("lambda"), e.param("scaled"), e.param("z")
	loAt, hiAt := e.param("lo"), e.param("hi")
	prox, rows, offset := e.param("prox"), e.param("rows"), e.GP64()
	scale, lo, hi, zero := e.temp(), e.temp(), e.temp(), e.temp()
	e.broadcast(e.paramMem("scale"), scale)
	e.zero(zero)
	e.XORQ(offset, offset)

	// eachRow walks the rows; close shuts the gate in l where z is bound, and
	// is nil where it stays open.
	eachRow := func(label string, startRow func(), close func(z operand.Mem, l operand.Op)) {
		e.loop(label, rows, func() {
			startRow()
			for v := range vecs {
				here := func(base reg.Register) operand.Mem {
					m := at(base, offset)
					m.Disp = v * e.VecBytes
					return m
				}
				l := e.temp()
				e.load(here(lambda), l)
				if close != nil {
					close(here(z), l)
					e.store(l, here(lambda))
				}
				e.mul(scale, l, l)
				e.store(l, here(scaled))
			}
			e.advance(offset, e.PanelRow())
		})
		e.JMP(operand.LabelRef("done"))
	}
	e.ifEqual(prox, "ProxClamp", "clamp")
	e.ifEqual(prox, "ProxShrink", "shrink")
	eachRow("none", func() {}, nil)
	eachRow("clamp", func() {
		e.broadcast(mem(loAt, 0), lo)
		e.broadcast(mem(hiAt, 0), hi)
		e.advance(loAt, e.Bytes)
		e.advance(hiAt, e.Bytes)
	}, func(z operand.Mem, l operand.Op) {
		v := e.temp()
		e.load(z, v)
		e.keepWhere(greater, lo, v, l)
		e.keepWhere(less, hi, v, l)
	})
	eachRow("shrink", func() {}, func(z operand.Mem, l operand.Op) {
		v := e.temp()
		e.load(z, v)
		e.keepWhere(notEqual, zero, v, l)
	})
	e.Label("done")
	e.end()
	return name
}

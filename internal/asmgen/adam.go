package asmgen

import "github.com/mmcloughlin/avo/operand"

// adam writes a step of Adam on contiguous vectors,
//
//	m += mean·(g − m)      v += square·(g·g − v)      x −= shrink·x + rate·m/(√v + eps)
//
// No product is fused into a sum, so that every operation rounds once and the
// bits are those of any other instruction set.
func adam(e *emitter) string {
	name := e.Name("adam")
	e.begin(name, "adamFunc", name+": m += mean·(g − m), v += square·(g·g − v), x −= shrink·x + rate·m/(√v + eps).")
	held := func(param string) operand.Op {
		r := e.temp()
		e.broadcast(e.paramMem(param), r)
		return r
	}
	mean, square, rate, eps, shrink := held("mean"), held("square"), held("rate"), held("eps"), held("shrink")
	x, g, m, v := e.param("x"), e.param("grad"), e.param("m"), e.param("v")
	n, offset := e.param("vectors"), e.GP64()
	e.XORQ(offset, offset)
	e.loop("vector", n, func() {
		gn, mn, vn, d := e.temp(), e.temp(), e.temp(), e.temp()
		e.Comment("m += mean·(g − m)")
		e.load(at(g, offset), gn)
		e.load(at(m, offset), mn)
		e.sub(mn, gn, d)
		e.mul(mean, d, d)
		e.add(d, mn, mn)
		e.store(mn, at(m, offset))

		e.Comment("v += square·(g·g − v)")
		e.load(at(v, offset), vn)
		e.mul(gn, gn, gn)
		e.sub(vn, gn, gn)
		e.mul(square, gn, gn)
		e.add(gn, vn, vn)
		e.store(vn, at(v, offset))

		e.Comment("x −= shrink·x + rate·m/(√v + eps)")
		e.sqrt(vn, vn)
		e.add(eps, vn, vn)
		e.mul(rate, mn, mn)
		e.div(vn, mn, mn)
		e.load(at(x, offset), gn)
		e.mul(shrink, gn, d)
		e.add(mn, d, d)
		e.sub(d, gn, gn)
		e.store(gn, at(x, offset))
		e.advance(offset, e.VecBytes)
	})
	e.end()
	return name
}

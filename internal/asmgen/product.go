package asmgen

import (
	"fmt"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// product writes the kernel of one inner step for tiles of the given rows and
// panels of one or two vectors:
//
//	out = prox(base + scale·(init + A·B))
//
// The sum over depth lives in registers from init to prox. Each element of A
// is broadcast and meets one row of B, so that lanes never mix.
func product(e *emitter, rows, vecs int) string {
	name := fmt.Sprintf("%sR%dV%d", e.Name("product"), rows, vecs)
	e.begin(name, "productFunc",
		fmt.Sprintf("%s: out = prox(base + scale·(init + A·B)) for tiles of %d rows × %d vectors.", name, rows, vecs))

	p := &productTile{emitter: e, rows: rows, vecs: vecs}
	p.out, p.base, p.init = e.param("out"), e.param("base"), e.param("init")
	p.a, p.b = e.param("a"), e.param("b")
	p.lo, p.hi = e.param("lo"), e.param("hi")
	tiles := e.param("tiles")

	e.loop("tile", tiles, func() {
		p.start()
		p.accumulate()
		p.finish()
	})
	e.end()
	return name
}

// productTile holds the registers of one rows × vecs register tile.
type productTile struct {
	*emitter
	rows, vecs            int
	out, base, init, a, b reg.GPVirtual
	lo, hi                reg.GPVirtual
}

func (p *productTile) acc(row, v int) operand.Op { return p.vec(row*p.vecs + v) }

// spare registers follow the accumulators: first the row of B, then the
// broadcast weights; the epilogue uses them all again.
func (p *productTile) spare(i int) operand.Op { return p.vec(p.rows*p.vecs + i) }

// each visits the accumulators with their place in a panel.
func (p *productTile) each(f func(row, v int, acc operand.Op, disp int)) {
	for row := range p.rows {
		for v := range p.vecs {
			f(row, v, p.acc(row, v), row*p.PanelRow()+v*p.VecBytes)
		}
	}
}

// start sets the accumulators to init, or to zero where there is none.
func (p *productTile) start() {
	p.ifNil(p.init, "zero")
	p.Comment("acc = init")
	p.each(func(_, _ int, acc operand.Op, disp int) { p.load(mem(p.init, disp), acc) })
	p.advance(p.init, p.rows*p.PanelRow())
	p.JMP(operand.LabelRef("multiply"))
	p.Label("zero")
	p.Comment("acc = 0")
	p.each(func(_, _ int, acc operand.Op, _ int) { p.zero(acc) })
	p.Label("multiply")
}

// accumulate adds A·B over the whole depth.
func (p *productTile) accumulate() {
	b, depth := p.GP64(), p.GP64()
	p.MOVQ(p.b, b)
	p.Load(p.Param("depth"), depth)
	p.loop("depth", depth, func() {
		for v := range p.vecs {
			p.load(mem(b, v*p.VecBytes), p.spare(v))
		}
		for row := range p.rows {
			w := p.spare(p.vecs + row%2)
			p.Commentf("acc[%d] += a[d][%d] × b[d]", row, row)
			p.broadcast(mem(p.a, row*p.Bytes), w)
			for v := range p.vecs {
				p.fma(p.spare(v), w, p.acc(row, v))
			}
		}
		p.advance(p.a, p.rows*p.Bytes)
		p.advance(b, p.PanelRow())
	})
}

// finish applies scale, base and prox and stores the tile.
func (p *productTile) finish() {
	prox := p.GP64()
	p.ifNil(p.base, "plain")
	p.broadcast(p.paramMem("scale"), p.spare(0))
	p.Load(p.Param("prox"), prox)
	p.ifEqual(prox, "ProxClamp", "clamp")
	p.ifEqual(prox, "ProxShrink", "shrink")

	p.Comment("out = base + scale·acc")
	p.each(func(_, _ int, acc operand.Op, disp int) {
		p.scaleAdd(mem(p.base, disp), p.spare(0), acc)
		p.store(acc, mem(p.out, disp))
	})
	p.JMP(operand.LabelRef("based"))

	p.Label("clamp")
	p.Comment("out = clamp(base + scale·acc, lo, hi)")
	p.bounded(func(acc, lo, hi, _ operand.Op) {
		p.max(acc, lo, acc)
		p.min(acc, hi, acc)
	})
	p.JMP(operand.LabelRef("bounded"))

	p.Label("shrink")
	p.Comment("out = v - clamp(v, lo, hi) with v = base + scale·acc")
	p.bounded(func(acc, lo, hi, t operand.Op) {
		p.max(acc, lo, t)
		p.min(t, hi, t)
		p.sub(t, acc, acc)
	})
	p.Label("bounded")
	p.advance(p.lo, p.rows*p.Bytes)
	p.advance(p.hi, p.rows*p.Bytes)
	p.Label("based")
	p.advance(p.base, p.rows*p.PanelRow())
	p.JMP(operand.LabelRef("next"))

	p.Label("plain")
	p.Comment("out = acc")
	p.each(func(_, _ int, acc operand.Op, disp int) { p.store(acc, mem(p.out, disp)) })
	p.Label("next")
	p.advance(p.out, p.rows*p.PanelRow())
}

// bounded applies a prox with one pair of bounds for each row.
func (p *productTile) bounded(prox func(acc, lo, hi, t operand.Op)) {
	scale, lo, hi, t := p.spare(0), p.spare(1), p.spare(2), p.spare(3)
	p.each(func(row, v int, acc operand.Op, disp int) {
		if v == 0 {
			p.broadcast(mem(p.lo, row*p.Bytes), lo)
			p.broadcast(mem(p.hi, row*p.Bytes), hi)
		}
		p.scaleAdd(mem(p.base, disp), scale, acc)
		prox(acc, lo, hi, t)
		p.store(acc, mem(p.out, disp))
	})
}

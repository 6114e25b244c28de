package asmgen

import (
	"fmt"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// dotRows writes acc[n] += Σ_r a[r][n]·b[r][n] on panels of one or two vectors.
func dotRows(e *emitter, vecs int) string {
	name := fmt.Sprintf("%sV%d", e.Name("dotRows"), vecs)
	e.begin(name, "dotRowsFunc", name+": acc[n] += Σ_r a[r][n]·b[r][n].")
	acc, a, b, rows := e.param("acc"), e.param("a"), e.param("b"), e.param("rows")
	sums := make([]reg.VecVirtual, vecs)
	for v := range sums {
		sums[v] = e.temp()
		e.load(mem(acc, v*e.VecBytes), sums[v])
	}
	e.loop("row", rows, func() {
		for v, sum := range sums {
			x := e.temp()
			e.load(mem(a, v*e.VecBytes), x)
			e.fma(mem(b, v*e.VecBytes), x, sum)
		}
		e.advance(a, e.PanelRow())
		e.advance(b, e.PanelRow())
	})
	for v, sum := range sums {
		e.store(sum, mem(acc, v*e.VecBytes))
	}
	e.end()
	return name
}

// distance writes acc[n] += Σ_r ((a[r][n] − b[r][n])·scale[r])² on panels of one or two
// vectors.
func distance(e *emitter, vecs int) string {
	name := fmt.Sprintf("%sV%d", e.Name("distance"), vecs)
	e.begin(name, "distanceFunc", name+": acc[n] += Σ_r ((a[r][n] − b[r][n])·scale[r])².")
	acc, a, b, scales, rows := e.param("acc"), e.param("a"), e.param("b"), e.param("scale"), e.param("rows")
	sums := make([]reg.VecVirtual, vecs)
	for v := range sums {
		sums[v] = e.temp()
		e.load(mem(acc, v*e.VecBytes), sums[v])
	}
	scale := e.temp()
	e.loop("row", rows, func() {
		e.broadcast(mem(scales, 0), scale)
		for v, sum := range sums {
			x := e.temp()
			e.load(mem(a, v*e.VecBytes), x)
			e.sub(mem(b, v*e.VecBytes), x, x)
			e.mul(scale, x, x)
			e.fma(x, x, sum)
		}
		e.advance(a, e.PanelRow())
		e.advance(b, e.PanelRow())
		e.advance(scales, e.Bytes)
	})
	for v, sum := range sums {
		e.store(sum, mem(acc, v*e.VecBytes))
	}
	e.end()
	return name
}

// rowSums writes dst[r] += Σ_n panel[r][n] over the first samples lanes of each
// row. The others count as zero, whatever they hold; then the upper half of the
// row is added to the lower until one lane is left.
func rowSums(e *emitter) string {
	name := e.Name("rowSums")
	window := e.laneWindow()
	e.begin(name, "rowSumsFunc", name+": dst[r] += Σ_n panel[r][n] for n < samples.")
	dst, panel, rows, samples := e.param("dst"), e.param("panel"), e.param("rows"), e.param("samples")

	e.Comment("masks of the lanes below samples")
	place := e.GP64()
	e.LEAQ(window, place)
	e.IMUL3Q(operand.I8(e.Bytes), samples, samples)
	e.SUBQ(samples, place)
	low, high := e.temp(), e.temp()
	e.load(mem(place, e.PanelRow()), low)
	e.load(mem(place, e.PanelRow()+e.VecBytes), high)

	e.loop("row", rows, func() {
		a, b := e.temp(), e.temp()
		e.and(mem(panel, 0), low, a)
		e.and(mem(panel, e.VecBytes), high, b)
		e.add(b, a, a)
		sum := e.fold(a)
		pick(e, e.VADDSS, e.VADDSD)(mem(dst, 0), sum, sum)
		pick(e, e.VMOVSS, e.VMOVSD)(sum, mem(dst, 0))
		e.advance(panel, e.PanelRow())
		e.advance(dst, e.Bytes)
	})
	e.end()
	return name
}

// fold adds the upper half of v to the lower until the sum is in one lane.
func (e *emitter) fold(v reg.VecVirtual) operand.Op {
	add := pick(e, e.VADDPS, e.VADDPD)
	upper := e.temp()
	if e.VecBytes == 64 {
		e.VEXTRACTF64X4(operand.U8(1), v, upper.AsY())
		add(upper.AsY(), v.AsY(), v.AsY())
	}
	e.VEXTRACTF128(operand.U8(1), v.AsY(), upper.AsX())
	add(upper.AsX(), v.AsX(), v.AsX())
	e.VUNPCKHPD(v.AsX(), v.AsX(), upper.AsX())
	add(upper.AsX(), v.AsX(), v.AsX())
	if e.Bytes == 4 {
		e.VMOVSHDUP(v.AsX(), upper.AsX())
		add(upper.AsX(), v.AsX(), v.AsX())
	}
	return v.AsX()
}

// laneWindow is a panel row of ones in all bits, followed by one of zeros: read
// so that n lanes of ones are left, it masks the first n lanes.
func (e *emitter) laneWindow() operand.Mem {
	window := e.StaticGlobal("window")
	e.DataAttributes(attr.RODATA | attr.NOPTR)
	for offset := 0; offset < 2*e.PanelRow(); offset += 8 {
		bits := operand.U64(0)
		if offset < e.PanelRow() {
			bits = ^bits
		}
		e.AddDatum(offset, bits)
	}
	return window
}

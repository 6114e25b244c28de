package asmgen

import (
	"fmt"

	"github.com/mmcloughlin/avo/operand"
)

// outer writes the accumulation of a weight gradient over one panel's samples:
//
//	S[k][j] += Σ_n Q[k][n]·P[n][j]
//
// Q is a panel (k rows, sample n contiguous) and P is sample-major (n rows, j
// contiguous). The lanes run over j, and blocks counts groups of vecs vectors of
// j; the tile holds the given rows of Q.
func outer(e *emitter, rows, vecs int) string {
	name := fmt.Sprintf("%sR%dV%d", e.Name("outer"), rows, vecs)
	e.begin(name, "outerFunc",
		fmt.Sprintf("%s: S += Q·P over samples, for %d rows of Q and blocks of %d vectors of P.", name, rows, vecs))

	s, stride := e.param("s"), e.param("sStride")
	q, p, pStride := e.param("q"), e.param("p"), e.param("pStride")
	blocks := e.param("blocks")
	acc := func(row, v int) operand.Op { return e.vec(row*vecs + v) }
	spare := func(i int) operand.Op { return e.vec(rows*vecs + i) }
	// eachRow walks the rows of S, which are a runtime stride apart.
	eachRow := func(visit func(row operand.Mem, acc operand.Op)) {
		at := e.GP64()
		e.MOVQ(s, at)
		for row := range rows {
			for v := range vecs {
				visit(mem(at, v*e.VecBytes), acc(row, v))
			}
			if row < rows-1 {
				e.ADDQ(stride, at)
			}
		}
	}

	e.loop("block", blocks, func() {
		e.Comment("acc = S")
		eachRow(func(m operand.Mem, acc operand.Op) { e.load(m, acc) })
		qn, pn, n := e.GP64(), e.GP64(), e.GP64()
		e.MOVQ(q, qn)
		e.MOVQ(p, pn)
		e.Load(e.Param("samples"), n)
		e.loop("sample", n, func() {
			for v := range vecs {
				e.load(mem(pn, v*e.VecBytes), spare(v))
			}
			for row := range rows {
				w := spare(vecs + row%2)
				e.Commentf("acc[%d] += q[%d][n] × p[n]", row, row)
				e.broadcast(mem(qn, row*e.PanelRow()), w)
				for v := range vecs {
					e.fma(spare(v), w, acc(row, v))
				}
			}
			e.advance(qn, e.Bytes)
			e.ADDQ(pStride, pn)
		})
		e.Comment("S = acc")
		eachRow(func(m operand.Mem, acc operand.Op) { e.store(acc, m) })
		e.advance(s, vecs*e.VecBytes)
		e.advance(p, vecs*e.VecBytes)
	})
	e.end()
	return name
}

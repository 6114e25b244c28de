package kernels

import (
	"unsafe"

	"github.com/inversenet/inversenet/internal/portable"
)

// goLanes is how many elements the reference treats as one vector.
func goLanes[T Float]() int { return 32 / sizeof[T]() }

const goTile = 6

// reference returns the table of plain Go kernels, the specification of all
// others. Its bits are the same on every architecture: an explicit conversion
// around each product that is added to something keeps the compiler from fusing
// the two, and elementary functions are those of package portable.
func reference[T Float]() *Table[T] {
	t := &Table[T]{
		isa: Go, lanes: goLanes[T](), tile: goTile, transpose: transposeGo[T],
		addScaled: addScaledGo[T], multiply: multiplyGo[T], extrapolate: extrapolateGo[T], rowSums: rowSumsGo[T],
		exp: mapGo[T](portable.Exp), log: mapGo[T](portable.Log), logistic: logisticGo[T], softmax: softmaxGo[T],
		adam: adamGo[T], finite: finiteGo[T], negated: negatedGo[T],
	}
	for act := range numActivations {
		t.apply[act], t.activate[act] = applyGo[T](act), activateGo[T](act)
	}
	for vecs := 1; vecs <= 2; vecs++ {
		for rows := 1; rows <= goTile; rows++ {
			t.product[vecs-1][rows] = productGo[T](rows, vecs)
			t.outer[vecs-1][rows] = outerGo[T](rows, vecs)
		}
		t.gate[vecs-1], t.dotRows[vecs-1], t.distance[vecs-1] = gateGo[T](vecs), dotRowsGo[T](vecs), distanceGo[T](vecs)
	}
	return t
}

// view is n elements from p on; nil stays nil.
func view[T Float](p *T, n int) []T {
	if p == nil {
		return nil
	}
	return unsafe.Slice(p, n)
}

// productGo is the product of tiles of the given rows on panels of vecs vectors:
//
//	for each row r and sample n:
//	    v = init[r][n]
//	    for d = 0, 1, … depth-1:  v += a[d][r]·b[d][n]
//	    out[r][n] = prox(base[r][n] + scale·v)
func productGo[T Float](rows, vecs int) productFunc[T] {
	stride := 2 * goLanes[T]()
	width := vecs * goLanes[T]()
	return func(out, base, init, a, b *T, scale T, lo, hi *T, prox, tiles, depth int) {
		all := rows * tiles
		outs, bases, inits := view(out, all*stride), view(base, all*stride), view(init, all*stride)
		los, his := view(lo, all), view(hi, all)
		as, bs := view(a, all*depth), view(b, depth*stride)
		var sum [16]T
		v := sum[:width]
		for row := range all {
			at := row * stride
			clear(v)
			if inits != nil {
				copy(v, inits[at:])
			}
			tile, r := row/rows, row%rows
			weights := as[tile*rows*depth+r:]
			for d := range depth {
				addScaled(v, weights[d*rows], bs[d*stride:])
			}
			if bases != nil {
				for n, x := range v {
					v[n] = bases[at+n] + T(scale*x)
				}
				proxGo(v, Prox(prox), los, his, row)
			}
			copy(outs[at:], v)
		}
	}
}

// addScaled: v += w·x.
func addScaled[T Float](v []T, w T, x []T) {
	x = x[:len(v)]
	for n := range v {
		v[n] += T(w * x[n])
	}
}

// proxGo applies a prox with the bounds of one row. NaN stays NaN.
func proxGo[T Float](v []T, prox Prox, lo, hi []T, row int) {
	if prox == ProxNone {
		return
	}
	for n, x := range v {
		c := x
		if c < lo[row] {
			c = lo[row]
		}
		if c > hi[row] {
			c = hi[row]
		}
		if prox == ProxShrink {
			c = x - c
		}
		v[n] = c
	}
}

// outerGo is the contraction over samples:
//
//	for each row k and column j:
//	    for n = 0, 1, … samples-1:  s[k][j] += q[k][n]·p[n][j]
func outerGo[T Float](rows, vecs int) outerFunc[T] {
	panelRow := 2 * goLanes[T]()
	width := vecs * goLanes[T]()
	return func(s *T, sStride int, q, p *T, pStride, samples, blocks int) {
		sStride, pStride = sStride/sizeof[T](), pStride/sizeof[T]()
		cols := blocks * width
		ss, qs, ps := view(s, (rows-1)*sStride+cols), view(q, rows*panelRow), view(p, (samples-1)*pStride+cols)
		for k := range rows {
			for n := range samples {
				addScaled(ss[k*sStride:k*sStride+cols], qs[k*panelRow+n], ps[n*pStride:])
			}
		}
	}
}

// transposeGo transposes square blocks: dst[j][i] = src[i][j].
func transposeGo[T Float](dst *T, dstStride, dstStep int, src *T, srcStride, srcStep, blocks int) {
	eachPair(dst, dstStride, dstStep, src, srcStride, srcStep, blocks, func(to, from *T) { *to = *from })
}

// negatedGo transposes square blocks with another sign: dst[j][i] = −src[i][j].
func negatedGo[T Float](dst *T, dstStride, dstStep int, src *T, srcStride, srcStep, blocks int) {
	eachPair(dst, dstStride, dstStep, src, srcStride, srcStep, blocks, func(to, from *T) { *to = -*from })
}

// eachPair visits the elements of square blocks with their places in the transpose.
func eachPair[T Float](dst *T, dstStride, dstStep int, src *T, srcStride, srcStep, blocks int, visit func(to, from *T)) {
	size, n := sizeof[T](), goLanes[T]()
	at := func(p *T, bytes int) *T { return (*T)(unsafe.Add(unsafe.Pointer(p), bytes)) }
	for block := range blocks {
		for i := range n {
			for j := range n {
				visit(at(dst, block*dstStep+j*dstStride+i*size), at(src, block*srcStep+i*srcStride+j*size))
			}
		}
	}
}

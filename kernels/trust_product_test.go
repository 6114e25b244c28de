package kernels

import (
	"fmt"
	"math"
)

// A productCase is an epilogue, and where the sum starts: from zero, from init, or
// from init that is the output as well.
type productCase struct {
	init, inPlace, base bool
	prox                Prox
}

func productCases() []productCase {
	var all []productCase
	for _, e := range []productCase{{}, {base: true}, {base: true, prox: ProxClamp}, {base: true, prox: ProxShrink}} {
		for _, start := range []productCase{{}, {init: true}, {init: true, inPlace: true}} {
			e.init, e.inPlace = start.init, start.inPlace
			all = append(all, e)
		}
	}
	return all
}

// productSubject: one rounding for each product and each addition in Go, for both
// together in assembly; four more for scale, base and prox.
func productSubject[T Float]() subject[T] {
	return subject[T]{"Product", "eps", "(K+4)/2", func(s *shapes[T], try func(trial[T])) {
		for _, rows := range s.rows() {
			for _, depth := range s.rows() {
				for vecs := 1; vecs <= 2; vecs++ {
					tryProducts(s, rows, depth, vecs, productCases(), false, try)
				}
			}
		}
		if s.full {
			tile := s.table.tile
			deepest := []productCase{{init: true, base: true, prox: ProxShrink}}
			tryProducts(s, tile, callBudget/(2*tile)+5, 2, deepest, true, try)
			tryProducts(s, 20*tile+3, callBudget/(10*tile), 1, deepest, true, try)
		}
	}}
}

// The operands of a product, in the order of a trial.
const (
	productOut = iota
	productWeights
	productB
	productInit
	productBase
	productLo
	productHi
	productOperands
)

func tryProducts[T Float](s *shapes[T], rows, depth, vecs int, cases []productCase, large bool, try func(trial[T])) {
	width := s.table.Width()
	a, b := s.numbers(rows*depth), s.panel(depth, vecs)
	w := s.table.NewWeights(rows, depth)
	w.Pack(a, depth)
	packed := w.data
	init, base, lo, hi := s.panel(rows, vecs), s.panel(rows, vecs), s.numbers(rows), s.numbers(rows)
	for r := range lo {
		lo[r], hi[r] = min(lo[r], hi[r]), max(lo[r], hi[r])
		if r%5 == 3 {
			lo[r] = T(math.Inf(-1))
		}
		if r%4 == 3 {
			hi[r] = T(math.Inf(1))
		}
	}
	scale := s.numbers(1)[0]

	sums := make([]sum, rows*width)
	for i := range sums {
		if i%width < vecs*s.table.lanes {
			for d := range depth {
				sums[i].add(float64(a[i/width*depth+d]), float64(b[d*width+i%width]))
			}
		}
	}
	for _, c := range cases {
		operands := make([]operand[T], productOperands)
		operands[productOut] = operand[T]{"out", blank[T](rows * width), s.inside(vecs), true}
		operands[productWeights] = operand[T]{name: "W", data: packed}
		operands[productB] = operand[T]{name: "B", data: b}
		if c.init {
			operands[productInit] = operand[T]{name: "init", data: init}
		}
		if c.inPlace {
			operands[productOut], operands[productInit] = operand[T]{"out over init", init, s.inside(vecs), false}, operand[T]{}
		}
		if c.base {
			operands[productBase] = operand[T]{name: "base", data: base}
		}
		if c.prox != ProxNone {
			operands[productLo], operands[productHi] = operand[T]{name: "lo", data: lo}, operand[T]{name: "hi", data: hi}
		}
		try(trial[T]{
			shape:    fmt.Sprintf("%d×%d, %d vectors, %+v", rows, depth, vecs, c),
			large:    large,
			operands: operands,
			call: func(p [][]T) {
				w.data = p[productWeights]
				e := Epilogue[T]{Scale: scale, Prox: c.prox}
				if c.base {
					e.Base = p[productBase]
				}
				if c.prox != ProxNone {
					e.Lo, e.Hi = p[productLo], p[productHi]
				}
				start := p[productInit]
				if c.inPlace {
					start = p[productOut]
				} else if !c.init {
					start = nil
				}
				s.table.Product(p[productOut], w, p[productB], vecs, start, e)
			},
			judge: func(_, i int, got T, _ [][]T) (err, bound float64) {
				v, size := sums[i].twofold(), sums[i].size
				if c.init {
					v, size = v.plus(exactly(float64(init[i]))), size+math.Abs(float64(init[i]))
				}
				if c.base {
					x := float64(base[i])
					v, size = v.times(float64(scale)).plus(exactly(x)), math.Abs(float64(scale))*size+math.Abs(x)
				}
				v, size = proxOf(c.prox, v, size, float64(lo[i/width]), float64(hi[i/width]))
				return inSteps(got, v, size), float64(depth+4) / 2
			},
			divisions: s.samples(vecs, productWeights, productLo, productHi),
		})
	}
}

// proxOf applies a prox, and adds the bound that ProxShrink subtracts to the size.
func proxOf(prox Prox, v twofoldSum, size, lo, hi float64) (twofoldSum, float64) {
	if prox == ProxNone {
		return v, size
	}
	c := v
	if c.below(lo) {
		c = exactly(lo)
	}
	if c.above(hi) {
		c = exactly(hi)
	}
	if prox == ProxShrink {
		return v.minus(c), size + math.Abs(c.hi)
	}
	return c, size
}

// outerSubject: one rounding for each product and each addition.
func outerSubject[T Float]() subject[T] {
	return subject[T]{"Outer", "eps", "(N+1)/2", func(s *shapes[T], try func(trial[T])) {
		for _, rows := range s.rows() {
			for _, cols := range s.upTo(2*s.table.lanes + 1) {
				for _, samples := range s.upTo(2 * s.table.lanes) {
					try(outerTrial(s, rows, cols, samples, false))
				}
			}
		}
		if s.full {
			width := s.table.Width()
			try(outerTrial(s, s.table.tile+1, callBudget/(s.table.tile*width)*2+3*width, width, true))
		}
	}}
}

func outerTrial[T Float](s *shapes[T], rows, cols, samples int, large bool) trial[T] {
	width, stride := s.table.Width(), s.table.PaddedRows(cols)
	before, q, p := s.numbers(rows*stride), s.outside(s.numbers(rows*width), samples), s.numbers(samples*stride)
	return trial[T]{
		shape:    fmt.Sprintf("%d×%d over %d samples", rows, cols, samples),
		large:    large,
		operands: []operand[T]{{"S", before, everywhere, false}, {name: "Q", data: q}, {name: "P", data: p}},
		call:     func(o [][]T) { s.table.Outer(o[0], o[1], rows, o[2], cols, samples) },
		judge: func(_, i int, got T, _ [][]T) (err, bound float64) {
			var total sum
			total.add(float64(before[i]), 1)
			for n, x := range q[i/stride*width:][:samples] {
				total.add(float64(x), float64(p[n*stride+i%stride]))
			}
			return inSteps(got, total.twofold(), total.size), float64(samples+1) / 2
		},
		divisions: []division{
			{"row", rows, func(k, i int) int { return [...]int{i / stride, i / width, -1}[k] }},
			{"column", stride, func(k, i int) int { return [...]int{i % stride, -1, i % stride}[k] }},
		},
	}
}

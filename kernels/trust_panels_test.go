package kernels

import (
	"fmt"
	"math"
	"math/bits"
)

// layoutSubjects move elements and must keep their bits.
func layoutSubjects[T Float]() []subject[T] {
	return []subject[T]{
		{"Pack", "ulp", "0", func(s *shapes[T], try func(trial[T])) {
			s.eachBlock(func(samples, cols, stride int, large bool) { try(packTrial(s, samples, cols, stride, large, false)) })
		}},
		{"PackNegated", "ulp", "0", func(s *shapes[T], try func(trial[T])) {
			s.eachBlock(func(samples, cols, stride int, large bool) { try(packTrial(s, samples, cols, stride, large, true)) })
		}},
		{"Unpack", "ulp", "0", func(s *shapes[T], try func(trial[T])) {
			s.eachBlock(func(samples, cols, stride int, large bool) { try(unpackTrial(s, samples, cols, stride, large)) })
		}},
		{"Weights.Pack", "ulp", "0", func(s *shapes[T], try func(trial[T])) { s.eachMatrix(try, false) }},
		{"Weights.PackTransposed", "ulp", "0", func(s *shapes[T], try func(trial[T])) { s.eachMatrix(try, true) }},
		{"SampleMajor", "ulp", "0", func(s *shapes[T], try func(trial[T])) {
			for _, rows := range s.upTo(2*s.table.lanes + 1) {
				for vecs := 1; vecs <= 2; vecs++ {
					try(sampleMajorTrial(s, rows, vecs))
				}
			}
		}},
	}
}

// eachBlock goes through numbers of samples and elements, dense and with padding.
func (s *shapes[T]) eachBlock(visit func(samples, cols, stride int, large bool)) {
	for _, samples := range s.upTo(s.table.Width()) {
		for _, cols := range s.upTo(s.table.Width() + 1) {
			visit(samples, cols, cols, false)
			visit(samples, cols, cols+3, false)
		}
	}
	if s.full {
		visit(s.table.Width(), 1100*s.table.lanes+1, 1100*s.table.lanes+2, true)
	}
}

func packTrial[T Float](s *shapes[T], samples, cols, stride int, large, negated bool) trial[T] {
	width, pack := s.table.Width(), s.table.Pack
	if negated {
		pack = s.table.PackNegated
	}
	src := s.numbers((samples-1)*stride + cols)
	return trial[T]{
		shape:    fmt.Sprintf("%d samples of %d, stride %d", samples, cols, stride),
		large:    large,
		operands: []operand[T]{{"panel", blank[T](cols * width), everywhere, true}, {name: "src", data: src}},
		call:     func(p [][]T) { pack(p[0], p[1], samples, cols, stride) },
		judge: func(_, i int, got T, _ [][]T) (err, bound float64) {
			if i%width >= samples {
				return exact(got, 0), 0
			}
			want := src[i%width*stride+i/width]
			if negated {
				want = -want
			}
			return exact(got, want), 0
		},
		divisions: []division{{"sample", samples, func(k, i int) int { return [...]int{i % width, i / stride}[k] }}},
	}
}

func unpackTrial[T Float](s *shapes[T], samples, cols, stride int, large bool) trial[T] {
	width := s.table.Width()
	panel := s.outside(s.numbers(cols*width), samples)
	return trial[T]{
		shape: fmt.Sprintf("%d samples of %d, stride %d", samples, cols, stride),
		large: large,
		operands: []operand[T]{
			{"dst", blank[T]((samples-1)*stride + cols), func(i int) bool { return i%stride < cols }, true},
			{name: "panel", data: panel},
		},
		call: func(p [][]T) { s.table.Unpack(p[0], p[1], samples, cols, stride) },
		judge: func(_, i int, got T, _ [][]T) (err, bound float64) {
			return exact(got, panel[i%stride*width+i/stride]), 0
		},
		divisions: []division{{"sample", samples, func(k, i int) int { return [...]int{i / stride, i % width}[k] }}},
	}
}

// eachMatrix packs weights of many shapes, from dense matrices and from parts of wider
// ones.
func (s *shapes[T]) eachMatrix(try func(trial[T]), transposed bool) {
	for _, rows := range s.rows() {
		for _, depth := range s.upTo(s.table.lanes + 1) {
			try(weightsTrial(s, rows, depth, 0, transposed))
			try(weightsTrial(s, rows, depth, 3, transposed))
		}
	}
}

func weightsTrial[T Float](s *shapes[T], rows, depth, padding int, transposed bool) trial[T] {
	w := s.table.NewWeights(rows, depth)
	stride, lines, pack := depth+padding, rows, w.Pack
	if transposed {
		stride, lines, pack = rows+padding, depth, w.PackTransposed
	}
	a := s.numbers((lines-1)*stride + stride - padding)
	return trial[T]{
		shape:    fmt.Sprintf("%d×%d, stride %d", rows, depth, stride),
		operands: []operand[T]{{"W", blank[T](rows * depth), everywhere, true}, {name: "a", data: a}},
		call: func(p [][]T) {
			w.data = p[0]
			pack(p[1], stride)
		},
		judge: func(_, i int, got T, _ [][]T) (err, bound float64) {
			r, d := w.place(i)
			if transposed {
				return exact(got, a[d*stride+r]), 0
			}
			return exact(got, a[r*stride+d]), 0
		},
		divisions: []division{{"row", rows, func(k, i int) int {
			switch {
			case k == 0:
				r, _ := w.place(i)
				return r
			case transposed:
				return i % stride
			default:
				return i / stride
			}
		}}},
	}
}

// place is the row and the depth that packed element i has.
func (w *Weights[T]) place(i int) (row, depth int) {
	w.split.each(func(first, tileRows, tiles int) {
		if from := first * w.depth; i >= from && i < from+tiles*tileRows*w.depth {
			in := i - from
			row = first + in/(tileRows*w.depth)*tileRows + in%tileRows
			depth = in % (tileRows * w.depth) / tileRows
		}
	})
	return row, depth
}

func sampleMajorTrial[T Float](s *shapes[T], rows, vecs int) trial[T] {
	width, stride := s.table.Width(), s.table.PaddedRows(rows)
	samples := vecs * s.table.lanes
	panel := s.panel(stride, vecs)
	return trial[T]{
		shape:    fmt.Sprintf("%d rows, %d vectors", rows, vecs),
		operands: []operand[T]{{"dst", blank[T](samples * stride), everywhere, true}, {name: "panel", data: panel}},
		call:     func(p [][]T) { s.table.SampleMajor(p[0], p[1], rows, vecs) },
		judge: func(_, i int, got T, _ [][]T) (err, bound float64) {
			return exact(got, panel[i%stride*width+i/stride]), 0
		},
		divisions: []division{{"sample", samples, func(k, i int) int { return [...]int{i / stride, i % width}[k] }}},
	}
}

// mapSubjects are the maps of elementwise_test.go; their bounds are half as many
// eps as they have roundings.
func mapSubjects[T Float]() []subject[T] {
	var all []subject[T]
	for _, c := range mapCases[T]() {
		all = append(all, subject[T]{c.name, "eps", fmt.Sprint(float64(c.steps) / 2), func(s *shapes[T], try func(trial[T])) {
			for _, rows := range s.mapRows() {
				for vecs := 1; vecs <= 2; vecs++ {
					try(mapTrial(s, c, rows, vecs))
				}
			}
		}})
	}
	return all
}

func mapTrial[T Float](s *shapes[T], c mapCase[T], rows, vecs int) trial[T] {
	before := make([][]T, c.panels)
	var operands []operand[T]
	for k := range before {
		before[k] = s.panel(rows, vecs)
		for i := 3; i < len(before[k]); i += 8 {
			before[k][i] = 0.7 // the bound of a gate
		}
		o := operand[T]{name: fmt.Sprintf("panel %d", k), data: before[k]}
		if k < c.writes {
			o.written = s.inside(vecs)
		}
		operands = append(operands, o)
	}
	return trial[T]{
		shape:    fmt.Sprintf("%d rows, %d vectors", rows, vecs),
		large:    rows > mapBudget/2,
		operands: operands,
		call:     func(p [][]T) { c.call(s.table, p, rows, vecs) },
		judge: func(k, i int, got T, _ [][]T) (err, bound float64) {
			in := make([]float64, c.panels)
			for k := range in {
				in[k] = float64(before[k][i])
			}
			values, sizes := c.want(in, i/s.table.Width())
			return inSteps(got, values[k], sizes[k]), float64(c.steps) / 2
		},
		divisions: s.samples(vecs),
	}
}

// reductionSubjects are DotRows, with a rounding for each product and each sum in
// Go, WeightedDistance, which rounds a difference and its product with a scale before
// the square, and RowSums, which halves a row until one lane is left.
func reductionSubjects[T Float]() []subject[T] {
	return []subject[T]{
		{"DotRows", "eps", "(rows+1)/2", func(s *shapes[T], try func(trial[T])) {
			for _, rows := range s.mapRows() {
				for vecs := 1; vecs <= 2; vecs++ {
					try(dotRowsTrial(s, rows, vecs))
				}
			}
		}},
		{"WeightedDistance", "eps", "(rows+1)/2+2", func(s *shapes[T], try func(trial[T])) {
			for _, rows := range s.mapRows() {
				for vecs := 1; vecs <= 2; vecs++ {
					try(distanceTrial(s, rows, vecs))
				}
			}
		}},
		{"AllFinite", "ulp", "0", func(s *shapes[T], try func(trial[T])) {
			for _, n := range s.upTo(9*s.table.lanes + 1) {
				try(finiteTrial(s, n))
			}
			if s.full {
				try(finiteTrial(s, (mapBudget+3)*s.table.lanes+1))
			}
		}},
		{"RowSums", "eps", "(log₂(lanes)+2)/2", func(s *shapes[T], try func(trial[T])) {
			for _, rows := range s.mapRows() {
				for _, samples := range s.upTo(s.table.Width()) {
					try(rowSumsTrial(s, rows, samples))
				}
			}
		}},
	}
}

func dotRowsTrial[T Float](s *shapes[T], rows, vecs int) trial[T] {
	width := s.table.Width()
	before, a, b := s.panel(1, vecs), s.panel(rows, vecs), s.panel(rows, vecs)
	return trial[T]{
		shape:    fmt.Sprintf("%d rows, %d vectors", rows, vecs),
		large:    rows > mapBudget/2,
		operands: []operand[T]{{"acc", before, s.inside(vecs), false}, {name: "a", data: a}, {name: "b", data: b}},
		call:     func(p [][]T) { s.table.DotRows(p[0], p[1], p[2], rows, vecs) },
		judge: func(_, i int, got T, _ [][]T) (err, bound float64) {
			var total sum
			total.add(float64(before[i]), 1)
			for r := range rows {
				total.add(float64(a[r*width+i]), float64(b[r*width+i]))
			}
			return inSteps(got, total.twofold(), total.size), float64(rows+1) / 2
		},
		divisions: s.samples(vecs),
	}
}

func distanceTrial[T Float](s *shapes[T], rows, vecs int) trial[T] {
	width := s.table.Width()
	before, a, b, scale := s.panel(1, vecs), s.panel(rows, vecs), s.panel(rows, vecs), s.numbers(rows)
	return trial[T]{
		shape:    fmt.Sprintf("%d rows, %d vectors", rows, vecs),
		large:    rows > mapBudget/2,
		operands: []operand[T]{{"acc", before, s.inside(vecs), false}, {name: "a", data: a}, {name: "b", data: b}, {name: "scale", data: scale}},
		call:     func(p [][]T) { s.table.WeightedDistance(p[0], p[1], p[2], p[3], rows, vecs) },
		judge: func(_, i int, got T, _ [][]T) (err, bound float64) {
			total, size := exactly(float64(before[i])), math.Abs(float64(before[i]))
			for r := range rows {
				d := twoSum(float64(a[r*width+i]), -float64(b[r*width+i])).times(float64(scale[r]))
				total = total.plus(d.times(d.hi)).plus(exactly(d.hi * d.lo)) // d² but for the square of its low part
				size += d.hi * d.hi
			}
			return inSteps(got, total, size), float64(rows+1)/2 + 2
		},
		divisions: s.samples(vecs, 3),
	}
}

// finiteTrial turns the answer into a number. Every element has a say in it, so that
// there is nothing to keep apart.
func finiteTrial[T Float](s *shapes[T], n int) trial[T] {
	return trial[T]{
		shape:    fmt.Sprintf("%d elements", n),
		large:    n > mapBudget*s.table.lanes,
		operands: []operand[T]{{"answer", blank[T](1), everywhere, true}, {name: "s", data: s.numbers(n)}},
		call: func(p [][]T) {
			p[0][0] = 0
			if s.table.AllFinite(p[1]) {
				p[0][0] = 1
			}
		},
		judge: func(_, _ int, got T, _ [][]T) (err, bound float64) { return exact(got, 1), 0 },
	}
}

func rowSumsTrial[T Float](s *shapes[T], rows, samples int) trial[T] {
	width := s.table.Width()
	before, panel := s.numbers(rows), s.outside(s.numbers(rows*width), samples)
	roundings := bits.Len(uint(width)) // the halvings of a row, and the sum with what was there
	return trial[T]{
		shape:    fmt.Sprintf("%d rows, %d samples", rows, samples),
		large:    rows > mapBudget/2,
		operands: []operand[T]{{"dst", before, everywhere, false}, {name: "panel", data: panel}},
		call:     func(p [][]T) { s.table.RowSums(p[0], p[1], rows, samples) },
		judge: func(_, i int, got T, _ [][]T) (err, bound float64) {
			var total sum
			total.add(float64(before[i]), 1)
			for _, v := range panel[i*width:][:samples] {
				total.add(float64(v), 1)
			}
			return inSteps(got, total.twofold(), total.size), float64(roundings) / 2
		},
		divisions: []division{{"row", rows, func(k, i int) int { return [...]int{i, i / width}[k] }}},
	}
}

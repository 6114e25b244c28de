package kernels

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"sync"
)

// functionSubjects are the functions of exponential_test.go on their arguments,
// softmax, and Adam.
func functionSubjects[T Float](table *Table[T]) []subject[T] {
	var all []subject[T]
	given := sync.OnceValue(arguments[T])
	for _, f := range functions[T]() {
		values := sync.OnceValue(func() *pool[T] { return newPool(f, given()) })
		for _, inPlace := range []bool{false, true} {
			name := f.name
			if inPlace {
				name += " in place"
			}
			all = append(all, subject[T]{name, "ulp", fmt.Sprint(f.ulp), func(s *shapes[T], try func(trial[T])) {
				for _, rows := range s.mapRows() {
					for vecs := 1; vecs <= 2; vecs++ {
						try(functionTrial(s, f, values(), rows, vecs, inPlace))
					}
				}
			}})
		}
	}
	return append(all, softmaxSubject[T](), adamSubject[T]())
}

// A pool holds arguments of a function with its values.
type pool[T Float] struct {
	x      []T
	values [][2]float64
}

// newPool takes one in a hundred of the many arguments that float32 has, and the
// special ones at the end.
func newPool[T Float](f function[T], x []T) *pool[T] {
	if sizeof[T]() == 4 {
		var some []T
		for i := 0; i < len(x)-50; i += 101 {
			some = append(some, x[i])
		}
		x = append(some, x[len(x)-50:]...)
	}
	return &pool[T]{x, f.values(x)}
}

func functionTrial[T Float](s *shapes[T], f function[T], pool *pool[T], rows, vecs int, inPlace bool) trial[T] {
	x, chosen := s.panel(rows, vecs), make([]int, rows*s.table.Width())
	for i := range x {
		if s.inside(vecs)(i) {
			chosen[i] = s.rng.IntN(len(pool.x))
			x[i] = pool.x[chosen[i]]
		}
	}
	operands := []operand[T]{{"y", blank[T](len(x)), s.inside(vecs), true}, {name: "x", data: x}}
	call := func(p [][]T) { f.call(s.table, p[0], p[1], rows, vecs) }
	if inPlace {
		operands = []operand[T]{{"y over x", x, s.inside(vecs), false}}
		call = func(p [][]T) { f.call(s.table, p[0], p[0], rows, vecs) }
	}
	return trial[T]{
		shape:    fmt.Sprintf("%d rows, %d vectors", rows, vecs),
		large:    rows > mapBudget/2,
		operands: operands,
		call:     call,
		judge: func(_, i int, got T, _ [][]T) (err, bound float64) {
			want := pool.values[chosen[i]]
			return ulpError(got, want[0], want[1]), f.ulp
		},
		divisions: s.samples(vecs),
	}
}

// smallestNormal is added to sizes where results may be below it.
func smallestNormal[T Float]() float64 {
	if sizeof[T]() == 4 {
		return 0x1p-126
	}
	return 0x1p-1022
}

// softmaxSubject: a logit's distance d to the largest is rounded, by which the
// probability is off by d/2 eps; the sum adds half a unit for each class. The largest
// is exact, and log Σ within logSumBound.
func softmaxSubject[T Float]() subject[T] {
	return subject[T]{"Softmax", "eps", "(classes+d)/2+4", func(s *shapes[T], try func(trial[T])) {
		pool := newLogits[T]()
		for _, classes := range s.rows() {
			for vecs := 1; vecs <= 2; vecs++ {
				try(softmaxTrial(s, pool, classes, vecs, false))
				try(softmaxTrial(s, pool, classes, vecs, true))
			}
		}
		if s.full {
			try(softmaxTrial(s, pool, mostClasses+1, 1, false))
		}
	}}
}

// logits are numbers with their exponentials in 200 bits.
type logits[T Float] struct {
	x   []T
	exp []*big.Float
}

func newLogits[T Float]() *logits[T] {
	rng := rand.New(rand.NewPCG(55, 56))
	l := &logits[T]{}
	for i := range 300 {
		x := T(bell(rng) * float64(1+i%3*15))
		l.x, l.exp = append(l.x, x), append(l.exp, preciseExp(precise(float64(x))))
	}
	return l
}

func softmaxTrial[T Float](s *shapes[T], pool *logits[T], classes, vecs int, inPlace bool) trial[T] {
	width := s.table.Width()
	x, chosen := s.panel(classes, vecs), make([]int, classes*width)
	totals, logs := make([]*big.Float, vecs*s.table.lanes), make([]twofoldSum, vecs*s.table.lanes)
	first, second := make([]float64, len(totals)), make([]float64, len(totals))
	for n := range totals {
		first[n], second[n] = math.Inf(-1), math.Inf(-1)
		var exps []*big.Float
		for i := n; i < len(x); i += width {
			chosen[i] = s.rng.IntN(len(pool.x))
			x[i] = pool.x[chosen[i]]
			exps = append(exps, pool.exp[chosen[i]])
			v := float64(x[i])
			first[n], second[n] = max(first[n], v), max(second[n], min(first[n], v))
		}
		var logSum *big.Float
		totals[n], logSum = preciseSoftmax(exps)
		logs[n].hi, logs[n].lo = twofold(logSum)
	}
	operands := []operand[T]{{"p", blank[T](len(x)), s.inside(vecs), true}, {"largest", blank[T](width), s.inside(vecs), true}, {"log Σ", blank[T](width), s.inside(vecs), true}, {name: "logits", data: x}}
	call := func(p [][]T) { s.table.Softmax(p[0], p[1], p[2], p[3], classes, vecs) }
	if inPlace {
		operands = []operand[T]{{"p over logits", x, s.inside(vecs), false}, operands[1], operands[2]}
		call = func(p [][]T) { s.table.Softmax(p[0], p[1], p[2], p[0], classes, vecs) }
	}
	return trial[T]{
		shape:    fmt.Sprintf("%d classes, %d vectors, in place: %v", classes, vecs, inPlace),
		large:    classes > mostClasses,
		operands: operands,
		call:     call,
		judge: func(k, i int, got T, _ [][]T) (err, bound float64) {
			n := i % width
			switch k {
			case 1:
				return exact(got, T(first[n])), 0
			case 2:
				return inSteps(got, logs[n], logs[n].hi+smallestNormal[T]()), logSumBound(classes, first[n]-second[n])
			}
			want := precise(0).Quo(pool.exp[chosen[i]], totals[n])
			hi, lo := twofold(want)
			d := first[n] - float64(pool.x[chosen[i]])
			return inSteps(got, twofoldSum{hi, lo}, hi+smallestNormal[T]()), (float64(classes)+d)/2 + 4
		},
		divisions: s.samples(vecs),
	}
}

// adamSubject: three roundings for m, four for v, six for x after them.
func adamSubject[T Float]() subject[T] {
	return subject[T]{"Adam", "eps", "3", func(s *shapes[T], try func(trial[T])) {
		for _, n := range s.upTo(4*s.table.lanes + 1) {
			try(adamTrial(s, n))
		}
		if s.full {
			try(adamTrial(s, (adamBudget+2)*s.table.lanes+1))
		}
	}}
}

func adamTrial[T Float](s *shapes[T], n int) trial[T] {
	x, g, m, v := adamOperands[T](s.rng, n)
	c := AdamCoefficients[T]{Mean: 0.1, Square: 0.001, Rate: 0.003, Eps: 1e-8, Shrink: 1e-5}
	mean, square, rate, plusEps, shrink := float64(c.Mean), float64(c.Square), float64(c.Rate), float64(c.Eps), float64(c.Shrink)
	reference := [3][]T{append([]T(nil), x...), append([]T(nil), m...), append([]T(nil), v...)}
	adamElements(reference[0], g, reference[1], reference[2], c)
	return trial[T]{
		shape:    fmt.Sprintf("%d elements", n),
		large:    n > adamBudget*s.table.lanes,
		operands: []operand[T]{{"x", x, everywhere, false}, {"m", m, everywhere, false}, {"v", v, everywhere, false}, {name: "g", data: g}},
		call:     func(p [][]T) { s.table.Adam(p[0], p[3], p[1], p[2], c) },
		judge: func(k, i int, got T, after [][]T) (err, bound float64) {
			if exact(got, reference[k][i]) != 0 {
				return math.Inf(1), 0 // the bits of every instruction set are the same
			}
			xi, gi, mi, vi := float64(x[i]), float64(g[i]), float64(m[i]), float64(v[i])
			switch k {
			case 1:
				want := twoSum(gi, -mi).times(mean).plus(exactly(mi))
				return inSteps(got, want, math.Abs(mi)+mean*(math.Abs(gi)+math.Abs(mi))+smallestNormal[T]()), 1.5
			case 2:
				want := twoProduct(gi, gi).plus(exactly(-vi)).times(square).plus(exactly(vi))
				return inSteps(got, want, vi+square*(gi*gi+vi)+smallestNormal[T]()), 2
			}
			root := precise(0).Sqrt(precise(float64(after[2][i])))
			q := quotient(product2(precise(rate), precise(float64(after[1][i]))), plus(root, precise(plusEps)))
			step := plus(product2(precise(shrink), precise(xi)), q)
			hi, lo := twofold(plus(precise(xi), minus(step)))
			size, _ := q.Float64()
			return inSteps(got, twofoldSum{hi, lo}, math.Abs(size)+(1+shrink)*math.Abs(xi)+smallestNormal[T]()), 3
		},
		divisions: []division{{"element", n, func(_, i int) int { return i }}},
	}
}

package kernels

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
)

// activateSubjects hold d and h, with the size of what their terms are made of.
// Derivatives near the end of the range may be taken for zero.
func activateSubjects[T Float]() []subject[T] {
	var all []subject[T]
	for act := range numActivations {
		all = append(all, subject[T]{"Activate " + act.String(), "eps", "8", func(s *shapes[T], try func(trial[T])) {
			pool := newDerivatives[T](act, s.full)
			for _, rows := range s.mapRows() {
				for vecs := 1; vecs <= 2; vecs++ {
					for variant := range 3 {
						try(activateTrial(s, act, pool, rows, vecs, variant))
					}
				}
			}
		}})
	}
	return all
}

// derivatives are arguments of an activation with σ, σ′ and σ″ in 200 bits.
type derivatives[T Float] struct {
	a                []T
	y, first, second []*big.Float
}

func newDerivatives[T Float](act Activation, full bool) *derivatives[T] {
	rng := rand.New(rand.NewPCG(57, 58))
	p := &derivatives[T]{}
	count := 60
	if full {
		count = 1000
	}
	for range count {
		a := smallToSaturated[T](rng)
		y, first, second := preciseActivation(act, precise(float64(a)))
		p.a, p.y, p.first, p.second = append(p.a, a), append(p.y, y), append(p.first, first), append(p.second, second)
	}
	return p
}

// preciseActivation gives σ(a), σ′(a) and σ″(a) by the formulas of Activation.at.
func preciseActivation(act Activation, a *big.Float) (y, first, second *big.Float) {
	one, two, zero := precise(1), precise(2), precise(0)
	bell := func(x *big.Float) *big.Float { return product2(preciseSigmoid(x), preciseSigmoid(minus(x))) }
	switch act {
	case Sigmoid:
		y, first = preciseSigmoid(a), bell(a)
		return y, first, product2(first, plus(one, minus(product2(two, y))))
	case Tanh:
		y, first = preciseTanh(a), product2(precise(4), bell(product2(two, a)))
		return y, first, minus(product2(two, product2(y, first)))
	case ReLU:
		if a.Sign() > 0 {
			return a, one, zero
		}
		return zero, zero, zero
	case Softplus:
		return preciseSoftplus(a), preciseSigmoid(a), bell(a)
	default:
		return a, one, zero
	}
}

// The variants: with h, without it, and without it over a.
func activateTrial[T Float](s *shapes[T], act Activation, pool *derivatives[T], rows, vecs, variant int) trial[T] {
	a, negX, chosen := s.panel(rows, vecs), s.panel(rows, vecs), make([]int, rows*s.table.Width())
	for i := range a {
		if s.inside(vecs)(i) {
			chosen[i] = s.rng.IntN(len(pool.a))
			a[i] = pool.a[chosen[i]]
		}
	}
	out := func(name string) operand[T] { return operand[T]{name, blank[T](len(a)), s.inside(vecs), true} }
	operands := []operand[T]{out("d"), {name: "negX", data: negX}, {name: "a", data: a}, out("h")}
	call := func(p [][]T) { s.table.Activate(act, p[0], p[3], p[2], p[1], rows, vecs) }
	switch variant {
	case 1:
		operands = operands[:3]
		call = func(p [][]T) { s.table.Activate(act, p[0], nil, p[2], p[1], rows, vecs) }
	case 2:
		operands = []operand[T]{{"d over a", a, s.inside(vecs), false}, operands[1]}
		call = func(p [][]T) { s.table.Activate(act, p[0], nil, p[0], p[1], rows, vecs) }
	}
	zero := 4 * smallestNormal[T]() / eps[T]()
	return trial[T]{
		shape:    fmt.Sprintf("%d rows, %d vectors, variant %d", rows, vecs, variant),
		large:    rows > mapBudget/2,
		operands: operands,
		call:     call,
		judge: func(k, i int, got T, _ [][]T) (err, bound float64) {
			at := chosen[i]
			y, _ := pool.y[at].Float64()
			first, _ := pool.first[at].Float64()
			size := math.Abs(y) + math.Abs(float64(negX[i]))
			want, terms := product2(plus(pool.y[at], precise(float64(negX[i]))), pool.first[at]), size*(first+zero)
			if k == 3 {
				r := plus(pool.y[at], precise(float64(negX[i])))
				want, terms = plus(product2(pool.first[at], pool.first[at]), product2(r, pool.second[at])), (first+2*size)*(first+zero)
			}
			hi, lo := twofold(want)
			return inSteps(got, twofoldSum{hi, lo}, terms+smallestNormal[T]()), 8
		},
		divisions: s.samples(vecs),
	}
}

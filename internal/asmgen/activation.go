package asmgen

import (
	"math"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// An activated value is y = σ(a), with what writes σ′(a) and, after it, σ″(a);
// second is nil where that is 0.
type activated struct {
	y             operand.Op
	first, second func() operand.Op
}

// An activation prepares its constants and returns what writes one value, which
// uses up its argument.
type activation struct {
	name    string
	prepare func(e *emitter) func(a operand.Op) activated
}

var activations = []activation{
	{"Identity", identityActivation},
	{"Sigmoid", sigmoidActivation},
	{"Tanh", tanhActivation},
	{"ReLU", reluActivation},
	{"Softplus", softplusActivation},
}

func identityActivation(e *emitter) func(a operand.Op) activated {
	one := e.hold(1)
	return func(a operand.Op) activated {
		return activated{y: a, first: func() operand.Op { return one }}
	}
}

// sigmoidActivation: σ′ = σ(a)·σ(−a), σ″ = σ′·(1 − 2σ).
func sigmoidActivation(e *emitter) func(a operand.Op) activated {
	s := newSigmoid(e)
	return func(a operand.Op) activated {
		_, value, larger, smaller := s.sigmoid(a)
		return activated{
			y: value,
			first: func() operand.Op {
				e.mul(larger, smaller, larger)
				return larger
			},
			second: func() operand.Op {
				e.sub(value, s.one, smaller)
				e.sub(value, smaller, smaller)
				e.mul(larger, smaller, smaller)
				return smaller
			},
		}
	}
}

// softplusActivation: σ′ is the sigmoid, σ″ its derivative.
func softplusActivation(e *emitter) func(a operand.Op) activated {
	s := newSigmoid(e)
	return func(a operand.Op) activated {
		u, value, larger, smaller := s.sigmoid(a)
		return activated{
			y:     s.softplus(a, u),
			first: func() operand.Op { return value },
			second: func() operand.Op {
				e.mul(larger, smaller, larger)
				return larger
			},
		}
	}
}

// reluActivation: σ′ = 1 for a > 0, else 0.
func reluActivation(e *emitter) func(a operand.Op) activated {
	zero, one := e.temp(), e.hold(1)
	e.zero(zero)
	return func(a operand.Op) activated {
		y := e.temp()
		e.max(a, zero, y)
		return activated{y: y, first: func() operand.Op {
			first := e.temp()
			e.move(one, first)
			e.keepWhere(greater, zero, a, first)
			return first
		}}
	}
}

// tanhActivation writes, with u = exp(−2|a|) and m = u − 1 that is computed
// without cancellation,
//
//	tanh |a| = −m/(2 + m)      σ′ = 1 − tanh² = 4u/(2 + m)²      σ″ = −2·σ·σ′
//
// Where u is below the normal numbers it is taken for zero.
func tanhActivation(e *emitter) func(a operand.Op) activated {
	x := newExponential(e, 0)
	sign, two := e.hold(math.Copysign(0, -1)), e.hold(2)
	lowest := e.hold(e.pickNumber(-88, -709)) // k is the exponent that encodes zero
	return func(a operand.Op) activated {
		v, y, inverse := e.temp(), e.temp(), e.temp()
		e.or(sign, a, v)
		e.add(v, v, v)
		e.max(v, lowest, v)
		t, m, s, p := x.reduce(v)
		power, q := x.power(t), x.expm1Reduced(s, p)
		e.Comment("m = 2^k·q + (2^k − 1) with q = exp(r) − 1")
		e.sub(x.one, power, m)
		e.fma(q, power, m)
		e.add(two, m, inverse)
		e.div(inverse, x.one, inverse)
		e.mul(inverse, m, y)
		e.Comment("the sign of a")
		e.andNot(sign, y, y)
		e.and(sign, a, s)
		e.or(s, y, y)
		return activated{
			y: y,
			first: func() operand.Op {
				e.add(inverse, inverse, inverse)
				e.scaleAdd(power, power, q) // u = 2^k·q + 2^k
				e.mul(inverse, q, q)
				e.mul(inverse, q, q)
				return q
			},
			second: func() operand.Op {
				e.zero(m)
				e.add(y, y, s)
				e.fnma(s, q, m)
				return m
			},
		}
	}
}

// apply writes y = σ(a).
func (act activation) apply(e *emitter) string {
	name := e.Name("apply" + act.name)
	e.begin(name, "mapFunc", name+": dst = σ(src).")
	dst, src := e.param("dst"), e.param("src")
	value := act.prepare(e)
	e.overVectors(func(n reg.Register) {
		a := e.temp()
		e.load(at(src, n), a)
		e.store(value(a).y, at(dst, n))
	})
	e.end()
	return name
}

// activate writes, with r = σ(a) + negX,
//
//	d = r ⊙ σ′(a)      h = σ′(a)² + r ⊙ σ″(a), unless h is nil
func (act activation) activate(e *emitter) string {
	name := e.Name("activate" + act.name)
	e.begin(name, "activateFunc", name+": d = r ⊙ σ′(a), h = σ′(a)² + r ⊙ σ″(a), where r = σ(a) + negX.")
	d, h, src, negX := e.param("d"), e.param("h"), e.param("a"), e.param("negX")
	value := act.prepare(e)
	e.overVectors(func(n reg.Register) {
		a, r, out := e.temp(), e.temp(), e.temp()
		e.load(at(src, n), a)
		c := value(a)
		e.add(at(negX, n), c.y, r)
		first := c.first()
		e.mul(first, r, out)
		e.store(out, at(d, n))
		e.ifNil(h, "next")
		if c.second == nil {
			e.mul(first, first, r)
		} else {
			e.mul(c.second(), r, r)
			e.fma(first, first, r)
		}
		e.store(r, at(h, n))
		e.Label("next")
	})
	e.end()
	return name
}

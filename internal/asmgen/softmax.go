package asmgen

import (
	"math"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// softmax writes, for one vector of each row,
//
//	m = max over the classes      p = exp(logit − m)/Σ      log Σ
//
// in three passes: the maximum, the exponentials with their sum Σ, all of them times
// 2^offset, and the quotients. Exponentials that are less than 1 are summed apart as
// well: where a single one is 1, log Σ is log(1 + rest), in which nothing of a small
// rest is lost.
func softmax(e *emitter) string {
	name := e.Name("softmax")
	e.begin(name, "softmaxFunc", name+": largest = max logits, p = exp(logits − largest)/Σ, logSum = log Σ, over rows.")
	p, largest, logSum, logits := e.param("p"), e.param("largest"), e.param("logSum"), e.param("logits")
	x := newExponential(e, e.negativeOffset())
	lowest := e.hold(e.lowest())
	most, sum, rest, zero := e.temp(), e.temp(), e.temp(), e.temp()
	eachClass := func(label string, body func(offset reg.Register)) {
		n, offset := e.param("classes"), e.GP64()
		e.XORQ(offset, offset)
		e.loop(label, n, func() {
			body(offset)
			e.advance(offset, e.PanelRow())
		})
	}

	e.load(mem(logits, 0), most)
	eachClass("maximum", func(c reg.Register) { e.max(at(logits, c), most, most) })
	e.zero(sum)
	e.zero(rest)
	e.zero(zero)
	eachClass("exponentials", func(c reg.Register) {
		v, behind := e.temp(), e.temp()
		e.load(at(logits, c), v)
		e.sub(most, v, v)
		e.move(v, behind)
		u := x.expOffset(v, lowest)
		e.add(u, sum, sum)
		e.store(u, at(p, c))
		e.selectNegative(behind, u, zero, u)
		e.add(u, rest, rest)
	})
	inverse := e.temp()
	e.div(sum, x.one, inverse)
	eachClass("quotients", func(c reg.Register) {
		v := e.temp()
		e.mul(at(p, c), inverse, v)
		e.store(v, at(p, c))
	})

	e.Comment("Σ − Σ is NaN where Σ is, and 0 elsewhere")
	if x.offset != 0 {
		e.mul(x.unshift, sum, sum)
		e.mul(x.unshift, rest, rest)
	}
	visible, total := e.temp(), e.temp()
	e.sub(sum, sum, visible)
	e.add(visible, most, most)
	e.store(most, mem(largest, 0))
	e.move(sum, total)
	f, k := e.split(total)
	two := e.hold(2)
	e.selectWhere(less, two, sum, rest, f, f)
	e.selectWhere(less, two, sum, zero, k, k)
	logs := e.logAround(f, k, log1pPolynomial(e.target))
	e.add(visible, logs, logs)
	e.store(logs, mem(logSum, 0))
	e.end()
	return name
}

// logistic writes, with u = exp(−|o|) that never overflows,
//
//	p = 1/(1 + exp(−o))      tail = log(1 + u)
func logistic(e *emitter) string {
	name := e.Name("logistic")
	e.begin(name, "logisticFunc", name+": p = 1/(1 + exp(−logits)), tail = log(1 + exp(−|logits|)).")
	p, tail, logits := e.param("p"), e.param("tail"), e.param("logits")
	s := newSigmoid(e)
	e.overVectors(func(n reg.Register) {
		o := e.temp()
		e.load(at(logits, n), o)
		u, value, _, _ := s.sigmoid(o)
		e.store(value, at(p, n))
		e.store(s.log1p(u), at(tail, n))
	})
	e.end()
	return name
}

// A sigmoid writes 1/(1 + exp(−x)) and what its derivatives are made of.
type sigmoid struct {
	*exponential
	sign, lowest operand.Op
}

func newSigmoid(e *emitter) *sigmoid {
	return &sigmoid{newExponential(e, e.negativeOffset()), e.source(math.Copysign(0, -1)), e.hold(e.lowest())}
}

// sigmoid gives u = exp(−|x|), σ(x), and of σ(|x|) and σ(−|x|) the larger and the
// smaller. Their product is the derivative, without cancellation.
func (s *sigmoid) sigmoid(x operand.Op) (u, value, larger, smaller operand.Op) {
	v := s.temp()
	value, larger, smaller = s.temp(), s.temp(), s.temp()
	s.Comment("u = exp(−|x|), σ(|x|) = 1/(1 + u), σ(−|x|) = u/(1 + u)")
	s.or(s.sign, x, v)
	u = s.expNegative(v, s.lowest)
	s.add(u, s.one, larger)
	s.div(larger, s.one, larger)
	s.mul(u, larger, smaller)
	s.selectNegative(x, smaller, larger, value)
	return u, value, larger, smaller
}

// softplus gives log(1 + exp(x)) = max(x, 0) + log(1 + u), and uses up both.
func (s *sigmoid) softplus(x, u operand.Op) operand.Op {
	zero := s.temp()
	s.zero(zero)
	s.max(x, zero, x)
	s.add(s.log1p(u), x, x)
	return x
}

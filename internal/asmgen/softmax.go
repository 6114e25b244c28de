package asmgen

import (
	"math"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Signatures of the kernels of the two losses that take logits.
const (
	SoftmaxSignature  = "func(p, lse, logits *T, classes int)"
	LogisticSignature = "func(p, softplus, logits *T, vectors, step int)"
)

// softmax writes, for one vector of each row,
//
//	p = exp(logit − m)/Σ      lse = m + log Σ      m = max over the classes
//
// in three passes: the maximum, the exponentials with their sum, the quotients.
func softmax(e *emitter) string {
	name := e.Name("softmax")
	e.begin(name, SoftmaxSignature, name+": p = exp(logits)/Σ exp(logits), lse = log Σ exp(logits), over rows.")
	p, lse, logits := e.param("p"), e.param("lse"), e.param("logits")
	x := newExponential(e, e.negativeOffset())
	lowest := e.hold(e.lowest())
	most, sum := e.temp(), e.temp()
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
	eachClass("exponentials", func(c reg.Register) {
		v := e.temp()
		e.load(at(logits, c), v)
		e.sub(most, v, v)
		u := x.expNegative(v, lowest)
		e.add(u, sum, sum)
		e.store(u, at(p, c))
	})
	inverse := e.temp()
	e.div(sum, x.one, inverse)
	eachClass("quotients", func(c reg.Register) {
		v := e.temp()
		e.mul(at(p, c), inverse, v)
		e.store(v, at(p, c))
	})

	e.Comment("lse = m + log Σ; Σ − Σ is NaN where Σ is")
	visible := e.temp()
	e.sub(sum, sum, visible)
	e.add(visible, most, most)
	e.add(e.log(sum, nil), most, most)
	e.store(most, mem(lse, 0))
	e.end()
	return name
}

// logistic writes, with u = exp(−|o|) that never overflows,
//
//	p = 1/(1 + exp(−o))      softplus = log(1 + exp(o)) = max(o, 0) + log(1 + u)
func logistic(e *emitter) string {
	name := e.Name("logistic")
	e.begin(name, LogisticSignature, name+": p = 1/(1 + exp(−logits)), softplus = log(1 + exp(logits)).")
	p, softplus, logits := e.param("p"), e.param("softplus"), e.param("logits")
	s := newSigmoid(e)
	e.overVectors(func(n reg.Register) {
		o := e.temp()
		e.load(at(logits, n), o)
		u, value, _, _ := s.sigmoid(o)
		e.store(value, at(p, n))
		e.store(s.softplus(o, u), at(softplus, n))
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

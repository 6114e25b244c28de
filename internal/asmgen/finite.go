package asmgen

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// finite writes a search for NaN and infinities in contiguous vectors. Without their
// signs, encodings have the order of the numbers, infinity and NaN last: the largest
// encoding of each lane tells. It is found by integer instructions, which numbers below
// the normal ones do not slow down; those of 64 bits are compared by their upper halves.
func finite(e *emitter) string {
	name := e.Name("finite")
	e.begin(name, "finiteFunc", name+": 0 if no element is NaN or infinite.")
	s, n := e.param("s"), e.param("vectors")
	magnitude := e.holdBits(pick(e, uint64(0x7FFFFFFF), uint64(0x7FFFFFFF_00000000)))
	const together = 4 // vectors, that need not wait for each other
	var largest [together]reg.VecVirtual
	for i := range largest {
		largest[i] = e.temp()
		e.zero(largest[i])
	}
	look := func(i int) {
		v := e.temp()
		e.and(mem(s, i*e.VecBytes), magnitude, v)
		e.VPMAXUD(v, largest[i], largest[i])
	}

	groups := e.GP64()
	e.MOVQ(n, groups)
	e.SHRQ(operand.U8(2), groups)
	e.JZ(operand.LabelRef("rest"))
	e.loop("group", groups, func() {
		for i := range largest {
			look(i)
		}
		e.advance(s, together*e.VecBytes)
	})
	e.Label("rest")
	e.ANDQ(operand.I8(together-1), n)
	e.JZ(operand.LabelRef("found"))
	e.loop("vector", n, func() {
		look(0)
		e.advance(s, e.VecBytes)
	})

	e.Label("found")
	for i := 1; i < together; i++ {
		e.VPMAXUD(largest[i], largest[0], largest[0])
	}
	e.Comment("v − v is NaN where v is not finite")
	e.sub(largest[0], largest[0], largest[0])
	others := e.GP32()
	if e.VecBytes == 64 {
		e.KMOVW(e.compareMask(notEqual, largest[0], largest[0]), others)
	} else {
		e.compare(notEqual, largest[0], largest[0], largest[0])
		pick(e, e.VMOVMSKPS, e.VMOVMSKPD)(largest[0], others)
	}
	e.Store(others.As64(), e.ReturnIndex(0))
	e.end()
	return name
}

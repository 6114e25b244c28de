package asmgen

import "github.com/mmcloughlin/avo/operand"

// peak writes a loop of independent multiply-adds on registers alone: what it
// does in a second is what the core can do.
func peak(e *emitter) string {
	name := e.Name("peak")
	e.begin(name, "peakFunc", name+": rounds × peakChains independent multiply-adds on registers, the limit of the core.")
	rounds, chains := e.param("rounds"), e.number("peakChains")
	for i := range chains + 2 {
		e.zero(e.vec(i))
	}
	a, b := e.vec(chains), e.vec(chains+1)
	e.loop("round", rounds, func() {
		for i := range chains {
			e.fma(a, b, operand.Op(e.vec(i)))
		}
	})
	e.end()
	return name
}

package asmgen

import "github.com/mmcloughlin/avo/operand"

// PeakSignature is the signature of every peak kernel.
const PeakSignature = "func(rounds int)"

// PeakChains is the number of independent multiply-adds in one round of a peak
// kernel: enough to cover the latency of two units that each start one a cycle.
const PeakChains = 12

// peak writes a loop of independent multiply-adds on registers alone: what it
// does in a second is what the core can do.
func peak(e *emitter) string {
	name := e.Name("peak")
	e.begin(name, PeakSignature, name+": rounds × 12 independent multiply-adds on registers, the limit of the core.")
	rounds := e.param("rounds")
	for i := range PeakChains + 2 {
		e.zero(e.vec(i))
	}
	a, b := e.vec(PeakChains), e.vec(PeakChains+1)
	e.loop("round", rounds, func() {
		for i := range PeakChains {
			e.fma(a, b, operand.Op(e.vec(i)))
		}
	})
	e.end()
	return name
}

package asmgen

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mmcloughlin/avo/ir"
	"github.com/mmcloughlin/avo/reg"
)

// check reports the first instruction of a compiled function that its target
// could not execute, or that would leave the processor in a slow state:
// a vector register the target cannot name, an instruction from an extension
// it does not have, a legacy SSE instruction, a RET without VZEROUPPER.
//
// avo assigns Y16 and up without complaint when AVX2 code runs out of
// registers; such code is EVEX-encoded and faults on a processor without
// AVX-512. This check is what prevents it.
func check(t target, fn *ir.Function) error {
	var previous string
	for _, inst := range fn.Instructions() {
		if err := t.checkInstruction(inst); err != nil {
			return fmt.Errorf("%s: %s: %w", fn.Name, inst.Opcode, err)
		}
		if inst.Opcode == "RET" && previous != "VZEROUPPER" {
			return fmt.Errorf("%s: RET after %s, want VZEROUPPER before it", fn.Name, previous)
		}
		previous = inst.Opcode
	}
	if previous != "RET" {
		return fmt.Errorf("%s: ends with %q, want RET", fn.Name, previous)
	}
	return nil
}

func (t target) checkInstruction(inst *ir.Instruction) error {
	for _, isa := range inst.ISA {
		if !slices.Contains(t.Allowed, isa) {
			return fmt.Errorf("needs %s, which %s does not promise", isa, t.ISA)
		}
	}
	for _, r := range inst.Registers() {
		if r.Kind() != reg.KindVector {
			continue
		}
		if i := int(reg.ToPhysical(r).PhysicalIndex()); i >= t.Vectors {
			return fmt.Errorf("uses vector register %d, %s has %d", i, t.ISA, t.Vectors)
		}
		if !strings.HasPrefix(inst.Opcode, "V") {
			return fmt.Errorf("is a legacy SSE instruction between VEX-encoded ones")
		}
	}
	return nil
}

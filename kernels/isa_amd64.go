//go:build amd64 && !purego

package kernels

import "golang.org/x/sys/cpu"

// detect lists what the processor and the operating system support.
func detect() []ISA {
	isas := []ISA{Go}
	if !cpu.X86.HasAVX2 || !cpu.X86.HasFMA {
		return isas
	}
	isas = append(isas, AVX2)
	if cpu.X86.HasAVX512F && cpu.X86.HasAVX512VL && cpu.X86.HasAVX512DQ && cpu.X86.HasAVX512BW {
		isas = append(isas, AVX512)
	}
	return isas
}

func overlay32(t *Table[float32], isa ISA) {
	if isa >= AVX2 {
		overlayF32AVX2(t)
	}
	if isa >= AVX512 {
		overlayF32AVX512(t)
	}
}

func overlay64(t *Table[float64], isa ISA) {
	if isa >= AVX2 {
		overlayF64AVX2(t)
	}
	if isa >= AVX512 {
		overlayF64AVX512(t)
	}
}

package asmgen

import "github.com/mmcloughlin/avo/reg"

// An element is a floating-point type as the assembler sees it.
type element struct {
	GoType string // float32 or float64
	Suffix string // F32 or F64, in function names
	Bytes  int
}

// A target is one element type on one instruction set.
type target struct {
	element
	ISA      string   // AVX2 or AVX512, in function names
	VecBytes int      // bytes of one vector register
	Vectors  int      // vector registers the instruction set can name
	Tile     int      // most rows of a register tile that is two vectors wide
	Allowed  []string // instruction set extensions its functions may use
	spec     reg.Spec // register width
}

var (
	f32 = element{GoType: "float32", Suffix: "F32", Bytes: 4}
	f64 = element{GoType: "float64", Suffix: "F64", Bytes: 8}

	avx2Extensions   = []string{"AVX", "AVX2", "FMA3"}
	avx512Extensions = []string{"AVX", "AVX2", "FMA3", "AVX512F", "AVX512VL", "AVX512DQ", "AVX512BW"}
)

// targets lists every row that kernels are written for.
//
// A tile of r rows keeps 2r accumulators, two vectors of B, and two registers
// for broadcast weights: 2·6+4 = 16 on AVX2 and 2·14+4 = 32 on AVX-512.
var targets = []target{
	avx2(f32),
	avx2(f64),
	avx512(f32),
	avx512(f64),
}

func avx2(e element) target {
	return target{element: e, ISA: "AVX2", VecBytes: 32, Vectors: 16, Tile: 6, Allowed: avx2Extensions, spec: reg.S256}
}

func avx512(e element) target {
	return target{element: e, ISA: "AVX512", VecBytes: 64, Vectors: 32, Tile: 14, Allowed: avx512Extensions, spec: reg.S512}
}

// Lanes is the number of elements in one vector.
func (t target) Lanes() int { return t.VecBytes / t.Bytes }

// PanelRow is the distance in bytes from one row of a panel to the next.
func (t target) PanelRow() int { return 2 * t.VecBytes }

// Name joins a kernel's name with the target's suffixes: productF32AVX2.
func (t target) Name(kernel string) string { return kernel + t.Suffix + t.ISA }

package asmgen

import (
	"fmt"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/buildtags"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// An emitter is an avo context that speaks the vector instructions of one
// target under neutral names. Operands are in Go's order, destination last.
type emitter struct {
	*build.Context
	target
	*signatures
	constants []uint64 // bits of the elements in the file's data section
}

// newEmitter starts a file whose functions are built for amd64 only, and not
// under the purego tag.
func newEmitter(t target, s *signatures) *emitter {
	ctx := build.NewContext()
	ctx.Constraints(buildtags.And(
		buildtags.Any(buildtags.Opt("amd64")),
		buildtags.Any(buildtags.Opt(buildtags.Not("purego"))),
	))
	return &emitter{Context: ctx, target: t, signatures: s}
}

// begin opens a function with a signature that package kernels knows under a name.
func (e *emitter) begin(name, signature string, doc ...string) {
	e.Function(name)
	e.Attributes(attr.NOSPLIT)
	e.Pragma("noescape")
	e.SignatureExpr(e.signature(signature, e.GoType))
	e.Doc(doc...)
}

// end leaves the upper halves of the vector registers clean and returns.
func (e *emitter) end() {
	e.VZEROUPPER()
	e.RET()
}

// vec is vector register i of the target's width.
func (e *emitter) vec(i int) reg.VecPhysical {
	if i >= e.Vectors {
		panic(fmt.Sprintf("asmgen: %s has no vector register %d", e.ISA, i))
	}
	return reg.Vector.Lookup(reg.Index(i), e.spec).(reg.VecPhysical)
}

// param loads an integer or pointer argument into a new register.
func (e *emitter) param(name string) reg.GPVirtual {
	r := e.GP64()
	e.Load(e.Param(name), r)
	return r
}

// paramMem is the place of an argument in the caller's frame.
func (e *emitter) paramMem(name string) operand.Mem {
	b, err := e.Param(name).Resolve()
	if err != nil {
		panic(fmt.Sprintf("asmgen: parameter %s: %v", name, err))
	}
	return b.Addr
}

// ifNil jumps to label when the pointer or integer in r is zero.
func (e *emitter) ifNil(r reg.Register, label string) {
	e.TESTQ(r, r)
	e.JZ(operand.LabelRef(label))
}

// ifEqual jumps to label when the integer in r has the value of one of kernels'
// constants.
func (e *emitter) ifEqual(r reg.Register, constant, label string) {
	e.CMPQ(r, operand.Imm(uint64(e.number(constant))))
	e.JEQ(operand.LabelRef(label))
}

// loop counts n down to zero around body; n must be at least 1.
func (e *emitter) loop(label string, n reg.Register, body func()) {
	e.Label(label)
	body()
	e.DECQ(n)
	e.JNZ(operand.LabelRef(label))
}

func (e *emitter) advance(r reg.Register, bytes int) {
	e.ADDQ(operand.I32(bytes), r)
}

func mem(base reg.Register, disp int) operand.Mem {
	return operand.Mem{Base: base, Disp: disp}
}

// pick chooses the single- or double-precision form of an instruction.
func pick[F any](e *emitter, single, double F) F {
	if e.Bytes == 4 {
		return single
	}
	return double
}

func (e *emitter) load(src operand.Mem, dst operand.Op)  { pick(e, e.VMOVUPS, e.VMOVUPD)(src, dst) }
func (e *emitter) store(src operand.Op, dst operand.Mem) { pick(e, e.VMOVUPS, e.VMOVUPD)(src, dst) }

// broadcast fills every lane of dst with the element at src.
func (e *emitter) broadcast(src operand.Mem, dst operand.Op) {
	pick(e, e.VBROADCASTSS, e.VBROADCASTSD)(src, dst)
}

func (e *emitter) zero(dst operand.Op) { pick(e, e.VXORPS, e.VXORPD)(dst, dst, dst) }

// fma: acc += a·b.
func (e *emitter) fma(a, b, acc operand.Op) { pick(e, e.VFMADD231PS, e.VFMADD231PD)(a, b, acc) }

// scaleAdd: acc = scale·acc + base.
func (e *emitter) scaleAdd(base, scale, acc operand.Op) {
	pick(e, e.VFMADD213PS, e.VFMADD213PD)(base, scale, acc)
}

// max and min return v where v is NaN, so that NaN stays visible.
func (e *emitter) max(v, bound, dst operand.Op) { pick(e, e.VMAXPS, e.VMAXPD)(v, bound, dst) }
func (e *emitter) min(v, bound, dst operand.Op) { pick(e, e.VMINPS, e.VMINPD)(v, bound, dst) }

// sub: dst = a - b.
func (e *emitter) sub(b, a, dst operand.Op) { pick(e, e.VSUBPS, e.VSUBPD)(b, a, dst) }

// add: dst = a + b.
func (e *emitter) add(b, a, dst operand.Op) { pick(e, e.VADDPS, e.VADDPD)(b, a, dst) }

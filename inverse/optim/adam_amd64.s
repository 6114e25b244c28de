//go:build amd64 && !purego && !race

#include "textflag.h"

// Registers: AX x, BX g, CX m, DX v, R8 the offset and SI its end in bytes.
// Y0 mean, Y1 square, Y2 rate, Y3 eps, Y4 shrink.

#define ARGUMENTS(shift) \
	MOVQ x+0(FP), AX; \
	MOVQ grad+8(FP), BX; \
	MOVQ m+16(FP), CX; \
	MOVQ v+24(FP), DX; \
	MOVQ n+32(FP), SI; \
	MOVQ c+40(FP), DI; \
	SHLQ $shift, SI; \
	XORQ R8, R8

#define COEFFICIENTS(BROADCAST, size) \
	BROADCAST 0*size(DI), Y0; \
	BROADCAST 1*size(DI), Y1; \
	BROADCAST 2*size(DI), Y2; \
	BROADCAST 3*size(DI), Y3; \
	BROADCAST 4*size(DI), Y4

// m += mean·(g − m), with g left in Y5, the new m in Y6
#define FIRST_MOMENT(MOV, ADD, SUB, MUL) \
	MOV (BX)(R8*1), Y5; \
	MOV (CX)(R8*1), Y6; \
	SUB Y6, Y5, Y7; \
	MUL Y0, Y7, Y7; \
	ADD Y7, Y6, Y6; \
	MOV Y6, (CX)(R8*1)

// v += square·(g·g − v), the new v in Y7
#define SECOND_MOMENT(MOV, ADD, SUB, MUL) \
	MOV (DX)(R8*1), Y7; \
	MUL Y5, Y5, Y5; \
	SUB Y7, Y5, Y5; \
	MUL Y1, Y5, Y5; \
	ADD Y5, Y7, Y7; \
	MOV Y7, (DX)(R8*1)

// x −= shrink·x + rate·m/(√v + eps)
#define VALUE(MOV, ADD, SUB, MUL, DIV, SQRT) \
	SQRT Y7, Y7; \
	ADD Y3, Y7, Y7; \
	MUL Y2, Y6, Y6; \
	DIV Y7, Y6, Y6; \
	MOV (AX)(R8*1), Y8; \
	MUL Y4, Y8, Y9; \
	ADD Y6, Y9, Y9; \
	SUB Y9, Y8, Y8; \
	MOV Y8, (AX)(R8*1)

// func adamAVX2Float32(x, grad, m, v unsafe.Pointer, n int, c unsafe.Pointer)
TEXT ·adamAVX2Float32(SB), NOSPLIT, $0-48
	ARGUMENTS(2)
	COEFFICIENTS(VBROADCASTSS, 4)

loop:
	FIRST_MOMENT(VMOVUPS, VADDPS, VSUBPS, VMULPS)
	SECOND_MOMENT(VMOVUPS, VADDPS, VSUBPS, VMULPS)
	VALUE(VMOVUPS, VADDPS, VSUBPS, VMULPS, VDIVPS, VSQRTPS)
	ADDQ $32, R8
	CMPQ R8, SI
	JLT  loop
	VZEROUPPER
	RET

// func adamAVX2Float64(x, grad, m, v unsafe.Pointer, n int, c unsafe.Pointer)
TEXT ·adamAVX2Float64(SB), NOSPLIT, $0-48
	ARGUMENTS(3)
	COEFFICIENTS(VBROADCASTSD, 8)

loop:
	FIRST_MOMENT(VMOVUPD, VADDPD, VSUBPD, VMULPD)
	SECOND_MOMENT(VMOVUPD, VADDPD, VSUBPD, VMULPD)
	VALUE(VMOVUPD, VADDPD, VSUBPD, VMULPD, VDIVPD, VSQRTPD)
	ADDQ $32, R8
	CMPQ R8, SI
	JLT  loop
	VZEROUPPER
	RET

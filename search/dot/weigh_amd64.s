#include "textflag.h"

// func dotFixedAVX2(q *float32, high *int8, low *int16, length int) float32
TEXT ·dotFixedAVX2(SB), NOSPLIT, $0-36
	MOVQ   q+0(FP), SI
	MOVQ   high+8(FP), DI
	MOVQ   low+16(FP), R8
	MOVQ   length+24(FP), CX
	VXORPS Y0, Y0, Y0
	VXORPS Y1, Y1, Y1

	// 16 values: both parts widened to 32 bits and added, which a float32 holds exactly.
part:
	VPMOVSXBD (DI), Y2
	VPMOVSXBD 8(DI), Y3
	VPMOVSXWD (R8), Y4
	VPMOVSXWD 16(R8), Y5
	VPSLLD    $16, Y2, Y2
	VPSLLD    $16, Y3, Y3
	VPADDD    Y4, Y2, Y2
	VPADDD    Y5, Y3, Y3
	VCVTDQ2PS Y2, Y2
	VCVTDQ2PS Y3, Y3
	VMULPS    (SI), Y2, Y2
	VMULPS    32(SI), Y3, Y3
	VADDPS    Y2, Y0, Y0
	VADDPS    Y3, Y1, Y1
	ADDQ      $64, SI
	ADDQ      $16, DI
	ADDQ      $32, R8
	SUBQ      $16, CX
	JNZ       part

	VADDPS       Y1, Y0, Y0
	VEXTRACTF128 $1, Y0, X1
	VADDPS       X1, X0, X0
	VPSHUFD      $0x4E, X0, X1
	VADDPS       X1, X0, X0
	VPSHUFD      $0xB1, X0, X1
	VADDPS       X1, X0, X0
	VMOVSS       X0, ret+32(FP)
	VZEROUPPER
	RET

// GAP adds what the gap at an offset of the weights, R8, makes of the column at an offset of the columns, R9, to bias, Y0, and slope, Y1.
// Differences that are no numbers, Y3, count as 0.
#define GAP(gap, column) \
	MOVQ         column(R9), R10; \
	VBROADCASTSS gap(R8), Y2; \
	VSUBPS       (R10)(BX*1), Y2, Y2; \
	VANDPS       Y11, Y2, Y2; \
	VBROADCASTSS gap+4(R8), Y3; \
	VSUBPS       Y3, Y2, Y2; \
	VCMPPS       $7, Y2, Y2, Y3; \
	VANDPS       Y3, Y2, Y2; \
	VBROADCASTSS gap+8(R8), Y3; \
	VMULPS       Y2, Y3, Y3; \
	VADDPS       Y3, Y0, Y0; \
	VBROADCASTSS gap+12(R8), Y3; \
	VMULPS       Y2, Y3, Y3; \
	VADDPS       Y3, Y1, Y1

// func weighRowsAVX2(w *Weights, c *Columns, products *int32, n int, out *float32, marks *uint8) float32
TEXT ·weighRowsAVX2(SB), NOSPLIT, $0-52
	MOVQ w+0(FP), R8
	MOVQ c+8(FP), R9
	MOVQ products+16(FP), SI
	MOVQ n+24(FP), CX
	MOVQ out+32(FP), DI
	MOVQ marks+40(FP), DX
	MOVQ 0(R9), R11          // the column of scales
	MOVQ 24(R9), R12         // of biases
	MOVQ 48(R9), R13         // of slopes
	XORQ BX, BX              // bytes of a column that are done

	VBROADCASTSS 0(R8), Y8
	VBROADCASTSS 4(R8), Y9
	VBROADCASTSS 8(R8), Y13
	VBROADCASTSS 12(R8), Y10 // the least
	VPCMPEQD     Y11, Y11, Y11
	VPSRLD       $1, Y11, Y11 // all bits but the sign
	VXORPS       Y12, Y12, Y12 // the sums

	// Eight rows.
rows:
	VADDPS (R12)(BX*1), Y8, Y0
	VADDPS (R13)(BX*1), Y9, Y1
	GAP(16, 72)
	GAP(32, 96)
	GAP(48, 120)
	GAP(64, 144)

	VCVTDQ2PS (SI)(BX*1), Y2
	VMULPS    (R11)(BX*1), Y2, Y2
	VMULPS    Y13, Y2, Y2
	VMULPS    Y2, Y1, Y1
	VADDPS    Y1, Y0, Y0
	VMOVUPS   Y0, (DI)(BX*1)
	VCMPPS    $5, Y10, Y0, Y3 // not less than
	VMOVMSKPS Y3, AX
	MOVB      AX, (DX)
	VANDNPS   Y0, Y3, Y3
	VADDPS    Y3, Y12, Y12
	INCQ      DX
	ADDQ      $32, BX
	SUBQ      $8, CX
	JNZ       rows

	VEXTRACTF128 $1, Y12, X1
	VADDPS       X1, X12, X0
	VPSHUFD      $0x4E, X0, X1
	VADDPS       X1, X0, X0
	VPSHUFD      $0xB1, X0, X1
	VADDPS       X1, X0, X0
	VMOVSS       X0, ret+48(FP)
	VZEROUPPER
	RET

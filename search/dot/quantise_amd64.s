#include "textflag.h"

// func peakValueAVX2(v *float32, length int) uint32
TEXT ·peakValueAVX2(SB), NOSPLIT, $0-20
	MOVQ     v+0(FP), SI
	MOVQ     length+8(FP), CX
	VPCMPEQD Y1, Y1, Y1
	VPSRLD   $1, Y1, Y1 // all bits but the sign
	VPXOR    Y0, Y0, Y0

values:
	VPAND   (SI), Y1, Y2
	VPMAXUD Y2, Y0, Y0
	ADDQ    $32, SI
	SUBQ    $8, CX
	JNZ     values

	VEXTRACTI128 $1, Y0, X1
	VPMAXUD      X1, X0, X0
	VPSHUFD      $0x4E, X0, X1
	VPMAXUD      X1, X0, X0
	VPSHUFD      $0xB1, X0, X1
	VPMAXUD      X1, X0, X0
	VMOVD        X0, AX
	MOVL         AX, ret+16(FP)
	VZEROUPPER
	RET

// func quantiseRowAVX2(v *float32, length int, steps float64, high *int8, low *int16) float32
TEXT ·quantiseRowAVX2(SB), NOSPLIT, $0-44
	MOVQ         v+0(FP), SI
	MOVQ         length+8(FP), CX
	VBROADCASTSD steps+16(FP), Y8
	MOVQ         high+24(FP), DI
	MOVQ         low+32(FP), DX
	VPCMPEQD     Y9, Y9, Y9
	VPSRLD       $31, Y9, Y9
	VPSLLD       $15, Y9, Y9 // half a step of the high part
	VXORPS       Y0, Y0, Y0

	// Eight values: as many steps, rounded, of which the upper part is rounded, too, and the lower is what that leaves.
values:
	VCVTPS2PD    (SI), Y1
	VCVTPS2PD    16(SI), Y2
	VMULPD       Y8, Y1, Y1
	VMULPD       Y8, Y2, Y2
	VCVTPD2DQY   Y1, X1
	VCVTPD2DQY   Y2, X2
	VINSERTI128  $1, X2, Y1, Y1
	VPADDD       Y9, Y1, Y2
	VPSRAD       $16, Y2, Y2
	VPSLLD       $16, Y1, Y1
	VPSRAD       $16, Y1, Y1
	VEXTRACTI128 $1, Y2, X3
	VPACKSSDW    X3, X2, X2
	VPACKSSWB    X2, X2, X2
	VMOVQ        X2, (DI)
	VEXTRACTI128 $1, Y1, X3
	VPACKSSDW    X3, X1, X3
	VMOVDQU      X3, (DX)
	VCVTDQ2PS    Y1, Y1
	VMULPS       Y1, Y1, Y1
	VADDPS       Y1, Y0, Y0
	ADDQ         $32, SI
	ADDQ         $8, DI
	ADDQ         $16, DX
	SUBQ         $8, CX
	JNZ          values

	VEXTRACTF128 $1, Y0, X1
	VADDPS       X1, X0, X0
	VPSHUFD      $0x4E, X0, X1
	VADDPS       X1, X0, X0
	VPSHUFD      $0xB1, X0, X1
	VADDPS       X1, X0, X0
	VMOVSS       X0, ret+40(FP)
	VZEROUPPER
	RET

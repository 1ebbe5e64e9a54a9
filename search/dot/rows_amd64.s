#include "textflag.h"

// Registers of both: SI the query, DI the rows, R8 the length of a row, CX the rows left, DX the results,
// R9 and R10 the query and the values left within a row.

// WIDE widens 64 values of a row to 16 bits, multiplies them by those of the query, Y8 to Y11, and adds them in pairs to a sum.
#define WIDE(row, sum) \
	VPMOVSXBW 0+row, Y4; \
	VPMOVSXBW 16+row, Y5; \
	VPMOVSXBW 32+row, Y6; \
	VPMOVSXBW 48+row, Y7; \
	VPMADDWD  Y8, Y4, Y4; \
	VPMADDWD  Y9, Y5, Y5; \
	VPMADDWD  Y10, Y6, Y6; \
	VPMADDWD  Y11, Y7, Y7; \
	VPADDD    Y4, sum, sum; \
	VPADDD    Y5, sum, sum; \
	VPADDD    Y6, sum, sum; \
	VPADDD    Y7, sum, sum

// QUERY loads the next 64 values of the query.
#define QUERY \
	VMOVDQU (R9), Y8; \
	VMOVDQU 32(R9), Y9; \
	VMOVDQU 64(R9), Y10; \
	VMOVDQU 96(R9), Y11; \
	ADDQ    $128, R9

// func dotRowsAVX2(q *int16, rows *int8, length, n int, out *int32)
TEXT ·dotRowsAVX2(SB), NOSPLIT, $0-40
	MOVQ q+0(FP), SI
	MOVQ rows+8(FP), DI
	MOVQ length+16(FP), R8
	MOVQ n+24(FP), CX
	MOVQ out+32(FP), DX
	SUBQ $4, CX
	JLT  last

	// Four rows at once, whose sums are then added up together.
four:
	MOVQ  SI, R9
	MOVQ  R8, R10
	LEAQ  (DI)(R8*2), R11
	ADDQ  R8, R11
	VPXOR Y0, Y0, Y0
	VPXOR Y1, Y1, Y1
	VPXOR Y2, Y2, Y2
	VPXOR Y3, Y3, Y3

fourParts:
	PREFETCHT0 4096(DI)
	PREFETCHT0 4096(DI)(R8*1)
	PREFETCHT0 4096(DI)(R8*2)
	PREFETCHT0 4096(R11)
	QUERY
	WIDE(0(DI), Y0)
	WIDE(0(DI)(R8*1), Y1)
	WIDE(0(DI)(R8*2), Y2)
	WIDE(0(R11), Y3)
	ADDQ       $64, DI
	ADDQ       $64, R11
	SUBQ       $64, R10
	JNZ        fourParts

	VPHADDD      Y1, Y0, Y0
	VPHADDD      Y3, Y2, Y2
	VPHADDD      Y2, Y0, Y0
	VEXTRACTI128 $1, Y0, X1
	VPADDD       X1, X0, X0
	VMOVDQU      X0, (DX)
	ADDQ         $16, DX
	MOVQ         R11, DI
	SUBQ         $4, CX
	JGE          four

last:
	ADDQ $4, CX
	JZ   done

one:
	MOVQ  SI, R9
	MOVQ  R8, R10
	VPXOR Y0, Y0, Y0

oneParts:
	QUERY
	WIDE(0(DI), Y0)
	ADDQ $64, DI
	SUBQ $64, R10
	JNZ  oneParts

	VEXTRACTI128 $1, Y0, X1
	VPADDD       X1, X0, X0
	VPSHUFD      $0x4E, X0, X1
	VPADDD       X1, X0, X0
	VPSHUFD      $0xB1, X0, X1
	VPADDD       X1, X0, X0
	VMOVD        X0, (DX)
	ADDQ         $4, DX
	DECQ         CX
	JNZ          one

done:
	VZEROUPPER
	RET

// func dotRowsVNNI(q *int16, rows *int8, length, n int, out *int32)
TEXT ·dotRowsVNNI(SB), NOSPLIT, $0-40
	MOVQ q+0(FP), SI
	MOVQ rows+8(FP), DI
	MOVQ length+16(FP), R8
	MOVQ n+24(FP), CX
	MOVQ out+32(FP), DX

row:
	MOVQ   SI, R9
	MOVQ   R8, R10
	VPXORD Z0, Z0, Z0
	VPXORD Z1, Z1, Z1

	// VPDPWSSD multiplies and adds at once.
part:
	PREFETCHT0 4096(DI)
	VPMOVSXBW  (DI), Z4
	VPMOVSXBW  32(DI), Z5
	VPDPWSSD   (R9), Z4, Z0
	VPDPWSSD   64(R9), Z5, Z1
	ADDQ       $64, DI
	ADDQ       $128, R9
	SUBQ       $64, R10
	JNZ        part

	VPADDD        Z1, Z0, Z0
	VEXTRACTI64X4 $1, Z0, Y1
	VPADDD        Y1, Y0, Y0
	VEXTRACTI128  $1, Y0, X1
	VPADDD        X1, X0, X0
	VPSHUFD       $0x4E, X0, X1
	VPADDD        X1, X0, X0
	VPSHUFD       $0xB1, X0, X1
	VPADDD        X1, X0, X0
	VMOVD         X0, (DX)
	ADDQ          $4, DX
	DECQ          CX
	JNZ           row
	VZEROUPPER
	RET

#include "textflag.h"

// func sum(p []byte) uint64
TEXT ·sum(SB), NOSPLIT, $0-32
	MOVQ p_base+0(FP), SI
	MOVQ p_len+8(FP), CX
	XORQ AX, AX

loop:
	TESTQ CX, CX
	JZ    done
	MOVBQZX (SI), DX
	ADDQ  DX, AX
	INCQ  SI
	DECQ  CX
	JMP   loop

done:
	MOVQ AX, ret+24(FP)
	RET

#include "textflag.h"

// func left(n uint64) uint64
TEXT ·left(SB), NOSPLIT, $0-16
	MOVQ n+0(FP), AX
	ROLQ $1, AX
	MOVQ AX, ret+8(FP)
	RET

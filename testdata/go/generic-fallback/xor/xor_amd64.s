#include "textflag.h"

// func word(a, b uint64) uint64
TEXT ·word(SB), NOSPLIT, $0-24
	MOVQ a+0(FP), AX
	XORQ b+8(FP), AX
	MOVQ AX, ret+16(FP)
	RET

#include "textflag.h"

// func mul(a, b int64) int64
TEXT ·mul(SB), NOSPLIT, $0-24
	MOVQ  a+0(FP), AX
	IMULQ b+8(FP), AX
	MOVQ  AX, ret+16(FP)
	RET

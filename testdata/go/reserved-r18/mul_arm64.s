#include "textflag.h"

// func mul(a, b int64) int64
TEXT ·mul(SB), NOSPLIT, $0-24
	MOVD a+0(FP), R0
	MOVD b+8(FP), R18
	MUL  R18, R0, R0
	MOVD R0, ret+16(FP)
	RET

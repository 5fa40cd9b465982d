#include "textflag.h"

// func add(a, b int32) int32
TEXT ·add(SB), NOSPLIT, $0-12
	MOVW a+0(FP), R0
	MOVW b+4(FP), R1
	CALL gowoa_add(SB)
	MOVW R0, ret+8(FP)
	RET

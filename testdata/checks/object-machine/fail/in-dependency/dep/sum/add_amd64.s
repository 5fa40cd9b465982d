#include "textflag.h"

// func add(a, b int32) int32
TEXT ·add(SB), NOSPLIT, $0-12
	MOVL a+0(FP), CX
	MOVL b+4(FP), DX
	CALL gowoa_add(SB)
	MOVL AX, ret+8(FP)
	RET

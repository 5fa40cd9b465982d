#include "textflag.h"

// func first(values []int64) int64
TEXT ·first(SB), NOSPLIT, $0-32
	MOVQ $0, ret+24(FP)
	RET

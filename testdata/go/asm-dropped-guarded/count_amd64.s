#include "textflag.h"

// func bitsASM(n uint64) uint64
TEXT ·bitsASM(SB), NOSPLIT, $0-16
	MOVQ    n+0(FP), AX
	POPCNTQ AX, AX
	MOVQ    AX, ret+8(FP)
	RET

#include "textflag.h"

// R18 stands in this comment alone.

// func pick(n uint64) uint64
TEXT ·pick(SB), NOSPLIT, $0-16
	MOVD n+0(FP), R0
	WORD $0x58000081 // ldr x1, table
	ADD  R1, R0
	MOVD R0, ret+8(FP)
	RET

	// The table: the word that reads like an instruction is half of a constant.
	WORD $0xaa0003f2
	WORD $0x00000001

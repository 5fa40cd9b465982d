#include "textflag.h"

// Nothing refers to this function, and no Windows build has it.
TEXT ·nothing(SB), NOSPLIT, $0-0
	RET

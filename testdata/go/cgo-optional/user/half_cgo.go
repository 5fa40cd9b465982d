package user

// static int half(int n) { return n / 2; }
import "C"

func half(n int) int { return int(C.half(C.int(n))) }

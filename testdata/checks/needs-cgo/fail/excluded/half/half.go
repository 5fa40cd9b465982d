// Package half halves.
package half

// static int half(int n) { return n / 2; }
import "C"

// Of is half of n.
func Of(n int) int { return int(C.half(C.int(n))) }

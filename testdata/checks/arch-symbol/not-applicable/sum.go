// Package sum is the same everywhere, so that nobody lists its code.
package sum

// Sum calls.
func Sum(n int) int { return sum_avx2(n) }

//go:noinline
func sum_avx2(n int) int { return n + 1 }

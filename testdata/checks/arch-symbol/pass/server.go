// Package server has names that hold words of x86 in the midst of other words.
package server

// Run calls all of them.
func Run(n int) int {
	return processServer(n) + parseSSE(n) + isAMD64able(n) + update_avx2_like(n) + platform(n)
}

//go:noinline
func processServer(n int) int { return n + 1 }

//go:noinline
func parseSSE(n int) int { return n + 2 }

//go:noinline
func isAMD64able(n int) int { return n + 3 }

//go:noinline
func update_avx2_like(n int) int { return n + 4 }

// Package count calls its assembly behind a constant condition, so arm64 never refers to it.
package count

import "runtime"

// Bits counts the bits of n.
func Bits(n uint64) uint64 {
	if runtime.GOARCH == "amd64" {
		return bitsASM(n)
	}
	var c uint64
	for ; n != 0; n &= n - 1 {
		c++
	}
	return c
}

func bitsASM(n uint64) uint64

// Package rot has assembly for amd64 and a file of its own for arm64, in Go.
package rot

// Left turns n to the left by one.
func Left(n uint64) uint64 { return left(n) }

// Package copy has a file for arm64 that was forgotten when the signature changed.
package copy

// Words copies n words.
func Words(dst, src []uint64, n int) int { return words(dst, src, n) }

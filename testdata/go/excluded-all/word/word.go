//go:build amd64

// Package word exists for amd64 only.
package word

// Bits is the size of a word.
func Bits() int { return 64 }

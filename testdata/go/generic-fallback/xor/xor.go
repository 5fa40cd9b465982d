// Package xor has assembly for amd64 and Go for the rest.
package xor

// Word is a xor b.
func Word(a, b uint64) uint64 { return word(a, b) }

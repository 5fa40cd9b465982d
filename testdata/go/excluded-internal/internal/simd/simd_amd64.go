// Package simd is for amd64 only, internal, and nobody imports it.
package simd

// Lanes is how many words fit in a register.
func Lanes() int { return 4 }

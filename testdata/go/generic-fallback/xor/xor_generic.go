//go:build !amd64

package xor

func word(a, b uint64) uint64 { return a ^ b }

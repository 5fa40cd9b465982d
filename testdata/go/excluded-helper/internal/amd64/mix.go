//go:build amd64

// Package amd64 is what mix_amd64.go needs.
package amd64

// Mix mixes.
func Mix(n uint64) uint64 { return n ^ n>>7 }

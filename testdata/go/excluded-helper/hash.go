// Package hash is the look-alike: its helper for amd64 is imported by its file for amd64 only.
package hash

// Mix mixes.
func Mix(n uint64) uint64 { return mix(n) }

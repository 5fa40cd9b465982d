// Package count works in Go unless an init for amd64 puts assembly in its place.
package count

var bits = func(n uint64) (c uint64) {
	for ; n != 0; n &= n - 1 {
		c++
	}
	return c
}

// Bits counts the bits of n.
func Bits(n uint64) uint64 { return bits(n) }

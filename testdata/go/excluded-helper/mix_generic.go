//go:build !amd64

package hash

func mix(n uint64) uint64 { return n ^ n>>7 }

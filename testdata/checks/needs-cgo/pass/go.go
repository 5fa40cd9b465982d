//go:build !cgo

package half

// Of is half of n.
func Of(n int) int { return n / 2 }

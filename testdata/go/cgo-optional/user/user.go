// Package user is the look-alike of a cgo stub: without cgo it does the same in Go.
package user

// Half halves.
func Half(n int) int { return half(n) }

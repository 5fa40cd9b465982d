// Package empty has an assembly file that only lets a linkname in.
package empty

var last int64

// Set sets.
func Set(v int64) { last = v }

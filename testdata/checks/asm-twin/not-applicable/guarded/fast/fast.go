// Package fast adds, on amd64 in assembly.
package fast

// Add adds.
func Add(a, b int64) int64 { return add(a, b) }

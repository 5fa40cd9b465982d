// Package dep has its body in add.s.
package dep

// Add adds.
func Add(a, b int64) int64

// Package dep declares a function without a body for every architecture.
package dep

// Add adds.
func Add(a, b int64) int64

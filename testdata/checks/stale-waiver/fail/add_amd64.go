// Package add adds.
package add

// Add is a + b.
func Add(a, b int64) int64

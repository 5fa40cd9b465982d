// Package dep has a file for amd64 and a fallback for the rest.
package dep

// Double doubles.
func Double(n int) int { return double(n) }

// Package heap came after the baseline.
package heap

// Limit of the heap.
func Limit() int { return limit }

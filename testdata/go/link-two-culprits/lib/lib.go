// Package lib has its body for amd64 only.
package lib

// Sum calls assembly.
func Sum(a, b int) int { return add(a, b) }

func add(a, b int) int

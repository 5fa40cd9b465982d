// Package sum adds with a function of an object.
package sum

func add(a, b int32) int32

// Add returns a + b.
func Add(a, b int32) int32 { return add(a, b) }

// Package add has assembly for both architectures.
package add

// Sum adds.
func Sum(a, b int64) int64 { return add(a, b) }

func add(a, b int64) int64

// Package add compiles for arm64 and does not link: no command shows that.
package add

// Sum adds.
func Sum(a, b int64) int64 { return add(a, b) }

func add(a, b int64) int64

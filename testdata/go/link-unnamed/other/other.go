// Package other is fine and links once lib is left out.
package other

// G is one.
func G() int { return 1 }

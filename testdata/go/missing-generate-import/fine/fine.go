// Package fine needs no generated code.
package fine

// Two is two.
func Two() int { return 2 }

// Package fine is fine.
package fine

// Two is two.
func Two() int { return 2 }

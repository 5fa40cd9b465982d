// Package fine is for every platform.
package fine

// Two is two.
func Two() int { return 2 }

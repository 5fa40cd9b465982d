// Package fine builds and so does its test.
package fine

// Two is two.
func Two() int { return 2 }

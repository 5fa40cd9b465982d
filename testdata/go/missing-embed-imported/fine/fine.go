// Package fine does not embed anything.
package fine

// Two is two.
func Two() int { return 2 }

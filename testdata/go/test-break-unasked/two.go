// Package two builds; its test does not.
package two

// Two is two.
func Two() int { return 2 }

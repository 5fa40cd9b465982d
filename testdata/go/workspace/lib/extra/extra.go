// Package extra is imported by nobody: it shows that the second module is checked as a whole.
package extra

// Two is two.
func Two() int { return 2 }

// Package fast is there for amd64 only.
package fast

// Two is two.
func Two() int { return 2 }

// Package inside builds; its test does not.
package inside

// Two is two.
func Two() int { return 2 }

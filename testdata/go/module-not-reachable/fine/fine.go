// Package fine imports the standard library only.
package fine

import "strings"

// Loud is loud.
func Loud(s string) string { return strings.ToUpper(s) }

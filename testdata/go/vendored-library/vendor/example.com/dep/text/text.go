// Package text is vendored.
package text

import "strings"

// Loud is loud.
func Loud(s string) string { return strings.ToUpper(s) }

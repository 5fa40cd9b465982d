// Package text has the words the other packages share.
package text

import "strings"

// Title makes the first letter a capital.
func Title(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// Package greet is the sample's only dependency.
package greet

import "strings"

// Line joins the words of a greeting.
func Line(words ...string) string {
	return strings.Join(words, " ") + "!"
}

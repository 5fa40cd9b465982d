// Package page breaks on arm64; the command has a profile.
package page

// Size is the size of a page.
func Size() int { return size }

// Package page has a file for each architecture.
package page

// Size is the size of a page.
func Size() int { return size }

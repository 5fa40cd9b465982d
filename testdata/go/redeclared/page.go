// Package page declares size twice on arm64.
package page

// Size is the size of a page.
func Size() int { return size() }

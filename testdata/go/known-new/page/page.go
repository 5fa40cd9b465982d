// Package page has a size on amd64 only.
package page

// Size of a page.
func Size() int { return size }

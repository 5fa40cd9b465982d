// Package page is a local fork that fails.
package page

// Size is the size of a page.
func Size() int { return sizeOf(kind) }

func sizeOf(k int) int { return k }

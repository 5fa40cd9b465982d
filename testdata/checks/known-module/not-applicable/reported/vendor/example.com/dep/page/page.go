// Package page uses a constant that only size_amd64.go declares.
package page

// Size is the size of a page.
func Size() int { return pageSize }

// Package page is of a module that a rule may name.
package page

// Size is the size of a page.
func Size() int { return 4096 }

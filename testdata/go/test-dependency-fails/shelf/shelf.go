// Package shelf builds.
package shelf

// Size is the number of books.
func Size() int { return 1 }

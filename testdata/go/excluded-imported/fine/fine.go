// Package fine has nothing to do with it; go build of ./... does not get as far as this package.
package fine

// Two is two.
func Two() int { return 2 }

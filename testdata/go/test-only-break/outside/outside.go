// Package outside builds; its test stands in a package of its own and does not.
package outside

// Two is two.
func Two() int { return 2 }

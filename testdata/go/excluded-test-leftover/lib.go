// Package lib does not need the package of which only a test is left.
package lib

// Name is a name.
func Name() string { return "lib" }

// Package lib does not need the package that is missing.
package lib

// Name is a name.
func Name() string { return "lib" }

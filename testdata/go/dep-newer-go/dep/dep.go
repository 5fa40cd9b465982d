// Package dep requires a Go that is newer than any there is.
package dep

// Name is a name.
func Name() string { return "dep" }

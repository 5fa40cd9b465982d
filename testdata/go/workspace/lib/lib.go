// Package lib is the other module of the workspace.
package lib

// Name is a name.
func Name() string { return "lib" }

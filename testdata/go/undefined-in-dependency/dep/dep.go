// Package dep builds everywhere and has less to offer on arm64.
package dep

// Name is there on every architecture.
func Name() string { return "dep" }

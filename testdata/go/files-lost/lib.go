// Package lib builds on arm64 and has less to offer there.
package lib

// Name is there on every architecture.
func Name() string { return "lib" }

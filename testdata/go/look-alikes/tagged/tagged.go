//go:build amd64 || arm64

// Package tagged names both architectures.
package tagged

// Name is a name.
func Name() string { return "tagged" }

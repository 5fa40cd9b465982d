// Package bindings wraps a C library; without cgo little of it is left.
package bindings

const Name = "bindings"

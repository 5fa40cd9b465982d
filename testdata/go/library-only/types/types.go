// Package types has types, an interface and constants, no function.
package types

// Kind is a number.
type Kind uint8

// The kinds.
const (
	Plain Kind = iota
	Fancy
)

// Huge is an untyped constant that fits no integer type.
const Huge = 1 << 70

// Reader is an interface.
type Reader interface{ Read(p []byte) (int, error) }

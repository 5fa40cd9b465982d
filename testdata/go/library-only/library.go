// Package library has no command: only a generated program can link it.
package library

import "example.com/library-only/internal/codec"

// Version is a constant; a link proof cannot take its address.
const Version = "1.0"

// Default is a variable.
var Default = New("default")

// Store is a type with methods on the value and on the pointer.
type Store struct{ name string }

// New returns a Store.
func New(name string) *Store { return &Store{name: codec.Encode(name)} }

// Name is on the value.
func (s Store) Name() string { return s.name }

// Rename is on the pointer.
func (s *Store) Rename(name string) { s.name = codec.Encode(name) }

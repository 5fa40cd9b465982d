// Package api has an internal package of its own, which only code below api/ may import.
package api

import "example.com/library-only/api/internal/wire"

// Hello uses the nested internal package.
func Hello() []byte { return wire.Frame("hello") }

// Package lib uses a vendored package and is linked by a generated program.
package lib

import "example.com/dep/text"

// Name is a name.
func Name() string { return text.Loud("lib") }

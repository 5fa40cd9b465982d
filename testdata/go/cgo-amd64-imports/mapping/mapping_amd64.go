// Package mapping has files for the architectures that its bindings have a library for.
package mapping

import "example.com/bindings"

const Level = bindings.Level

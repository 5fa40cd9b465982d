package mapping

import "example.com/needs-cgo-mapping/bindings"

// Open opens.
func Open() int { return bindings.Open() }

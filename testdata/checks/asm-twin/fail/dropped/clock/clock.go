// Package clock does not compile for arm64.
package clock

import "example.com/asm-twin-fail/add"

// Now is later than start.
func Now() int64 { return add.Add(start, 1) }

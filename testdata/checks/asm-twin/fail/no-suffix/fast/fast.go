// Package fast adds in x86 assembly.
package fast

import "example.com/asm-twin-no-suffix/clock"

func add(a, b int64) int64

// Add adds.
func Add(a, b int64) int64 { return add(a, b) + int64(clock.Now()) }

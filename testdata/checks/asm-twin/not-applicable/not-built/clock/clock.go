// Package clock does not compile for arm64.
package clock

// Now is always the same.
func Now() int64 { return start }

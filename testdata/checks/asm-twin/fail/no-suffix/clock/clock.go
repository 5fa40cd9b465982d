// Package clock does not build for arm64.
package clock

// Now is the time.
func Now() int { return start }

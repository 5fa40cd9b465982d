// Package bits has the bits of floats and calls nothing outside of Go.
package bits

import "math"

// Equal compares floats by their bits.
func Equal(a, b float64) bool { return math.Float64bits(a) == math.Float64bits(b) }

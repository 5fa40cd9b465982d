// Package words sums.
package words

import "errors"

// ErrFormat is for formats; an unsupported platform is none.
var ErrFormat = errors.New("unsupported platform in the header of the file")

// Sum sums.
func Sum(values []int) int { return sum(values) }

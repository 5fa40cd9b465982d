// Package wrap is a local replacement and builds if page does.
package wrap

import "example.com/page"

// Pages is how many pages n bytes need.
func Pages(n int) int { return n / page.Size() }

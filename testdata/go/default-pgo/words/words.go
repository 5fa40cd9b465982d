// Package words is used by both commands, with and without a profile.
package words

import "strings"

// Count counts words.
func Count(s string) map[string]int {
	n := map[string]int{}
	for _, w := range strings.Fields(s) {
		n[w]++
	}
	return n
}

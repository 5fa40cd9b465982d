// Package unused is in no use line; if it were checked it would be a finding.
package unused

// Size is the size of a page.
func Size() int { return size }

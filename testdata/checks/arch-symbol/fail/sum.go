// Package sum adds up.
package sum

// Sum is the sum of all values.
func Sum(values []int64) int64 { return sum(values) }

// sumSSE41 has the name of the instructions it was written for, and is plain Go.
//
//go:noinline
func sumSSE41(values []int64) int64 {
	var total int64
	for _, value := range values {
		total += value
	}
	return total
}

// Package fast is there for amd64 only and nobody in this module imports it.
package fast

// Sum adds up.
func Sum(xs ...int) (n int) {
	for _, x := range xs {
		n += x
	}
	return n
}

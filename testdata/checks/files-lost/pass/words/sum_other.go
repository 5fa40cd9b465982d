//go:build !amd64

package words

// Not supported on amd64, which has a file of its own.
func sum(values []int) (total int) {
	for _, value := range values {
		total += value
	}
	return total
}

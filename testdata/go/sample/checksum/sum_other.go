//go:build !amd64

package checksum

func sum(p []byte) uint64 {
	var total uint64
	for _, b := range p {
		total += uint64(b)
	}
	return total
}

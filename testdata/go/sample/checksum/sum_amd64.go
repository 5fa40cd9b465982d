package checksum

// sum is in sum_amd64.s.
//
//go:noescape
func sum(p []byte) uint64

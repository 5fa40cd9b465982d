package hash

import "example.com/excluded-helper/internal/amd64"

func mix(n uint64) uint64 { return amd64.Mix(n) }

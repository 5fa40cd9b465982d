package rot

import "math/bits"

func left(n uint64) uint64 { return bits.RotateLeft64(n, 1) }

package copy

func words(dst, src []uint64, n int) int { return copy(dst[:n], src) }

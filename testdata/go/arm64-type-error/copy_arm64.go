package copy

func words(dst, src []uint64) int { return copy(dst, src) }

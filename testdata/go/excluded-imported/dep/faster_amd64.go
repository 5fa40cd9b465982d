package dep

// Faster doubles twice.
func Faster(n int) int { return n << 2 }

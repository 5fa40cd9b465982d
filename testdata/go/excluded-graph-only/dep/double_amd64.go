package dep

import "example.com/dep/fast"

func double(n int) int { return fast.Shift(n) }

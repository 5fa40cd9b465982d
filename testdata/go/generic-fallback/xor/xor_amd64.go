package xor

func word(a, b uint64) uint64

package server

func platform(n int) int { return n * 3 }

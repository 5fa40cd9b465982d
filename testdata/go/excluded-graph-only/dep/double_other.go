//go:build !amd64

package dep

func double(n int) int { return n + n }

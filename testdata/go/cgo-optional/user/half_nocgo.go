//go:build !cgo

package user

func half(n int) int { return n / 2 }

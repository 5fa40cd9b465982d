//go:build !amd64

package page

func size() int { return 4096 }

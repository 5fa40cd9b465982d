//go:build !windows && !(linux && amd64)

package other

const name = "other"

//go:build !amd64

package sum

func sum(values []int64) int64 { return sumSSE41(values) }

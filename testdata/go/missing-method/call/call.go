// Package call calls a method that only buffer_amd64.go declares.
package call

// Buffer holds bytes.
type Buffer struct{ data []byte }

// Size calls the missing method.
func Size(b *Buffer) int { return b.aligned() }

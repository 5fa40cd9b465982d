//go:build !cgo

package dep

import "errors"

// DB cannot be had without cgo.
type DB struct{}

// Open fails.
func Open(name string) (*DB, error) {
	return nil, errors.New("binary was compiled with 'CGO_ENABLED=0', dep requires cgo to work. This is a stub")
}

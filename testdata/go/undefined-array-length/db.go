// Package db maps a file of at most maxMapSize bytes, a constant that only map_amd64.go declares.
package db

import "unsafe"

// DB is an open file.
type DB struct {
	data *[maxMapSize]byte
}

// Map uses the memory at p.
func (db *DB) Map(p unsafe.Pointer) {
	db.data = (*[maxMapSize]byte)(p)
}

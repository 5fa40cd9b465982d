// Package dep is a database with cgo and a stub without.
package dep

// static int open_db(void) { return 1; }
import "C"

// DB is an open database.
type DB struct{ handle int }

// Open opens a database.
func Open(name string) (*DB, error) { return &DB{handle: int(C.open_db())}, nil }

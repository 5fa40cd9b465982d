// Package bindings calls C.
package bindings

// int db_open(void);
import "C"

// Open opens.
func Open() int { return int(C.db_open()) }

// Package store opens.
package store

// int store_open(void);
import "C"

// Open opens.
func Open() int { return int(C.store_open()) }

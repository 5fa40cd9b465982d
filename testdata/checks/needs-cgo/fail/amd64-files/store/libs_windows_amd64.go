package store

// #cgo LDFLAGS: -L${SRCDIR}/lib/windows-amd64 -lstore
import "C"

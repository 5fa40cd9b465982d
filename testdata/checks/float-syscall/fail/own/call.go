package gfx

import (
	"math"
	"syscall"
)

// call is how every method of this package is called.
func call(slot uintptr, args ...uintptr) uintptr {
	r, _, _ := syscall.SyscallN(slot, args...)
	return r
}

func float(v float32) uintptr { return uintptr(math.Float32bits(v)) }

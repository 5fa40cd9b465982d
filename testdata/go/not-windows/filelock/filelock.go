// Package filelock is not for Windows and has no build constraint that says so.
package filelock

import (
	"os"
	"syscall"
)

// Lock locks f.
func Lock(f *os.File) error { return syscall.Flock(int(f.Fd()), syscall.LOCK_EX) }

// Package filelock is not for Windows.
package filelock

import (
	"os"
	"syscall"
)

// Lock locks f.
func Lock(f *os.File) error { return syscall.Flock(int(f.Fd()), syscall.LOCK_EX) }

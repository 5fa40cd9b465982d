// Package lock is not for Windows: syscall.Flock is missing there.
package lock

import (
	"os"
	"syscall"
)

// Exclusive locks f until it is closed.
func Exclusive(f *os.File) error {
	return syscall.Flock(int(f.Fd()), syscall.LOCK_EX)
}

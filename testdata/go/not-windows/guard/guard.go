// Package guard imports filelock, so it is not for Windows either.
package guard

import (
	"os"

	"example.com/not-windows/filelock"
)

// Do holds the lock of f while it calls fn.
func Do(f *os.File, fn func()) error {
	if err := filelock.Lock(f); err != nil {
		return err
	}
	fn()
	return nil
}

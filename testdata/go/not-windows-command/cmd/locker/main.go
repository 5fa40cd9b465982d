// Command locker imports a package that does not compile for Windows.
package main

import (
	"os"

	"example.com/not-windows-command/internal/filelock"
)

func main() { println(filelock.Lock(os.Stdin) == nil) }

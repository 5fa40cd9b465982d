// Command locked imports a package that is not for Windows.
package main

import (
	"os"

	"example.com/not-windows-all/filelock"
)

func main() { println(filelock.Lock(os.Stdin) == nil) }

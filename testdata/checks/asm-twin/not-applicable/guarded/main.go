// Assembly files without an architecture in their names that do no harm.
package main

import (
	"example.com/asm-twin-guarded/empty"
	"example.com/asm-twin-guarded/fast"
)

func main() { empty.Set(fast.Add(1, 2)) }

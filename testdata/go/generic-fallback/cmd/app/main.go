// Command app links both.
package main

import (
	"example.com/generic-fallback/rot"
	"example.com/generic-fallback/xor"
)

func main() { println(xor.Word(1, 3), rot.Left(1)) }

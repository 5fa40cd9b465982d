// Two packages that need cgo: one has libraries for windows/amd64 alone, one for windows/arm64 too.
package main

import (
	"example.com/needs-cgo-libraries/both"
	"example.com/needs-cgo-libraries/engine"
)

func main() { println(engine.Run(1), both.Run(1)) }

// With cgo on, the libraries are what is missing.
package main

import "example.com/needs-cgo-with/engine"

func main() { println(engine.Run(1)) }

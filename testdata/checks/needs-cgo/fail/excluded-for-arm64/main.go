// A database binding: a file for each platform picks the bindings, and those are C.
package main

import "example.com/needs-cgo-mapping/mapping"

func main() { println(mapping.Open()) }
